package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/bot/console"
)

// regroupable is a console with stories that can be merged and split.
func regroupable(t *testing.T) (*backend, *browser) {
	t.Helper()
	b := newBackend()
	b.addStory(20, lan, guitu.Claim{Name: "吴小某", Place: "虚构路口", Area: "371302"}, "听说虚构路口有孩子走失")
	b.addStory(21, lan, guitu.Claim{Place: "虚构公园", Area: "371302"}, "虚构公园有孩子走失")
	b.questions[17].Precedent = &guitu.Precedent{Rumor: b.questions[20].Rumor}
	b.posts[17] = append(b.posts[17], guitu.Post{ID: 172, Text: "说的是另一个孩子", Author: "路人"}, guitu.Post{
		ID: 173, Text: "假的，勿传", Author: "路人", Evidence: guitu.Debunk,
	})
	return b, as(t, serve(t, b, console.Options{}), b, officerID)
}

func TestMergeStory(t *testing.T) {
	b, br := regroupable(t)
	a := br.get("/console/stories/17")
	a.want(t, http.StatusOK, "并入另一传言", "相似的传言", `name="into" id="into-20" value="20"`, "吴**")
	if strings.Contains(a.body, `id="into-21"`) || strings.Contains(a.body, "吴小某</strong>") {
		t.Error("offers what is not alike, or shows whom it tells of")
	}
	a = br.get("/console/stories/17?find=公园")
	a.want(t, http.StatusOK, "查到的传言", `id="into-21"`, `value="公园"`)
	if strings.Contains(a.body, `id="into-20"`) {
		t.Error("shows what was not searched for")
	}
	br.get("/console/stories/17?find=河东").want(t, http.StatusOK, "没有查到辖区内的传言")
	br.get("/console/stories/17?find="+strings.Repeat("a", 51)).want(t, http.StatusUnprocessableEntity, "最多 50 字")

	br.post("/console/stories/17/merge").want(t, http.StatusUnprocessableEntity, "请选择要并入的传言")
	br.post("/console/stories/17/merge", "number", "#99").want(t, http.StatusNotFound, "没有这条传言", "并入另一传言")
	if got := b.only("merge"); len(got) != 0 {
		t.Fatalf("%v", got)
	}
	a = br.post("/console/stories/17/merge", "into", "20", "number", " #21 ")
	a.want(t, http.StatusSeeOther)
	br.get(a.header.Get("Location")).want(t, http.StatusOK, "传言 #17 已并入本传言", "已收入")
	br.post("/console/stories/17/merge", "into", "21").want(t, http.StatusSeeOther) // pressed again
	if diff := cmp.Diff([]string{"merge 17 into 21 by 11"}, b.only("merge")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	a = br.get("/console/stories/17")
	a.want(t, http.StatusOK, "已并入传言 #21", `href="/console/stories/21"`)
	for _, form := range []string{"/console/stories/17/verdict", "/console/stories/17/handover", "/console/stories/17/merge", "/console/stories/17/split"} {
		if strings.Contains(a.body, form) {
			t.Errorf("a merged story's page has the form %s", form)
		}
	}
	br.get("/console/stories?state=merged").want(t, http.StatusOK, "传言 #17 ")
}

func TestMergeRefused(t *testing.T) {
	b, br := regroupable(t)
	br.post("/console/stories/17/verdict", "press", "rule:17:0:unproven", "key", br.get("/console/stories/17").key(t)).want(t, http.StatusSeeOther)
	br.post("/console/stories/17/merge", "into", "20").want(t, http.StatusConflict, "已有核查结论，请反过来", `id="merge-error"`)
	if got := b.only("merge"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestSplitStory(t *testing.T) {
	b, br := regroupable(t)
	br.get("/console/stories/17").want(t, http.StatusOK, `name="post" value="172"`, `name="post" value="173"`, "称不实", "拆出所选帖文")
	a := br.post("/console/stories/17/split")
	a.want(t, http.StatusUnprocessableEntity, "请选择要拆出的帖文", `id="posts" open`)
	br.post("/console/stories/17/split", "post", "x").want(t, http.StatusUnprocessableEntity)
	br.post("/console/stories/17/split", "post", "170", "post", "172", "post", "173").want(t, http.StatusUnprocessableEntity, "至少要留下一条")
	a = br.post("/console/stories/17/split", "post", "172", "post", "173")
	a.want(t, http.StatusSeeOther)
	br.get(a.header.Get("Location")).want(t, http.StatusOK, "另成传言 #900")
	if diff := cmp.Diff([]string{"split [172 173] off 17 by 11"}, b.only("split")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAdminRegroupsEverywhere(t *testing.T) {
	b, _ := regroupable(t)
	b.officers[adminID].Desk = he
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	br.because("/console/stories/17", guitu.ViewSupervise).get("/console/stories/17").want(t, http.StatusOK, "只能查看", "并入另一传言")
}

func TestSearchStories(t *testing.T) {
	_, br := regroupable(t)
	a := br.get("/console/stories?text=公园")
	a.want(t, http.StatusOK, "传言 #21 ", `value="公园"`)
	if strings.Contains(a.body, "传言 #20 ") {
		t.Error("lists what was not searched for")
	}
}
