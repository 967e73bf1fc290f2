package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/fake"
	"guitu/internal/store"
	"guitu/internal/testenv"
)

const (
	killToken   = "1:fake"
	killChannel = "@guitu_kill_test"
	killDesks   = 6
	killStories = 18
	killCopies  = 4
	kills       = 12
	maxVain     = 2
)

// TestKill kills the real program at random moments under load, restarts it, and counts: every story, press and verdict is kept,
// and no notice stands twice in the channel.
func TestKill(t *testing.T) {
	program := buildProgram(t)
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		newKilled(t, program, filepath.Join(t.TempDir(), "kill.db")).run(1)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		newKilled(t, program, testenv.Postgres(t)).run(1)
	})
	// Two processes share one database; each is killed in turn.
	t.Run("two on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		newKilled(t, program, testenv.Postgres(t)).run(2)
	})
}

// buildProgram builds guitu as a user would run it.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "guitu")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// killed is a bot that is killed again and again, with its surroundings, which stay.
type killed struct {
	*testing.T
	program, dir, database, posts string
	telegram                      *fake.Telegram
	answered                      map[string]bool // messages to which the officers reacted
	presses                       []int64         // updates that were pressed or written
	posted                        chan struct{}   // a post came into the channel and its answer is still under way
}

func newKilled(t *testing.T, program, database string) *killed {
	k := &killed{
		T: t, program: program, dir: t.TempDir(), database: database, answered: map[string]bool{},
		posted:   make(chan struct{}),
		telegram: fake.NewTelegram(fake.TelegramOptions{Token: killToken}),
	}
	k.posts = filepath.Join(k.dir, "posts.jsonl")
	api := httptest.NewServer(k.slowAnswers())
	t.Cleanup(api.Close)
	k.write("token", killToken)
	k.write("posts.jsonl", "")
	var desks strings.Builder
	for i := range killDesks {
		fmt.Fprintf(&desks, "  - {name: %s值班台, area: %q, telegram_chat: %q}\n", places[i].name, places[i].area, fmt.Sprint(701+i))
	}
	for i, port := range []int{freePort(t), freePort(t)} {
		k.write(fmt.Sprintf("guitu%d.yaml", i), fmt.Sprintf(`
database: %q
listen: 127.0.0.1:%d
telegram: {token_file: %q, api_url: %q, channel: %q}
desks:
  - {name: 部值班台}
%ssources:
  - {kind: file, name: stream, path: %q, every: 1s}
schedule: {urgent_reach: 1}
`, database, port, filepath.Join(k.dir, "token"), api.URL, killChannel, desks.String(), k.posts))
	}
	db := k.open()
	defer db.Close()
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		ctx := t.Context()
		all := []guitu.Desk{{Name: "部值班台"}}
		for i := range killDesks {
			all = append(all, guitu.Desk{Name: places[i].name + "值班台", Area: places[i].area, TelegramChat: fmt.Sprint(701 + i)})
		}
		if err := tx.SetDesks(ctx, all); err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		for _, d := range desks {
			var user int64
			if _, err := fmt.Sscan(d.TelegramChat, &user); err != nil {
				continue // the ministry's desk has nobody
			}
			o := guitu.Officer{Name: "警官" + d.TelegramChat, Role: guitu.RoleOfficer, Desk: d, TelegramUser: user}
			if err := tx.CreateOfficer(ctx, &o); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// slowAnswers does at once what a message asks, and says so late, as a server far away does. A kill in between is the one that
// tempts a program to post twice; with quick answers it would hardly ever be met.
func (k *killed) slowAnswers() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before := len(k.telegram.Messages(killChannel))
		if !strings.HasSuffix(r.URL.Path, "/sendMessage") && !strings.HasSuffix(r.URL.Path, "/sendPhoto") {
			k.telegram.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		k.telegram.ServeHTTP(answer, r)
		if len(k.telegram.Messages(killChannel)) > before {
			select {
			case k.posted <- struct{}{}:
			default: // nobody aims
			}
		}
		time.Sleep(700 * time.Millisecond)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	})
}

var places = []struct {
	name string
	area guitu.Area
}{
	{"山东省临沂市兰山区", "371302"},
	{"江苏省南京市鼓楼区", "320106"},
	{"福建省福州市鼓楼区", "350102"},
	{"四川省成都市武侯区", "510107"},
	{"陕西省西安市雁塔区", "610113"},
	{"河南省郑州市金水区", "410105"},
}

func (k *killed) write(name, text string) {
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), 0o600); err != nil {
		k.Fatal(err)
	}
}

func (k *killed) open() *store.DB {
	db, err := store.Open(context.Background(), k.database, store.Options{})
	if err != nil {
		k.Fatal(err)
	}
	return db
}

// freePort returns a port that was free a moment ago.
func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// begin starts the program.
func (k *killed) begin(i int) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command(k.program, "serve", "--config", filepath.Join(k.dir, fmt.Sprintf("guitu%d.yaml", i)))
	log := &bytes.Buffer{}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		k.Fatal(err)
	}
	return cmd, log
}

// run kills processes in turn while posts come in and officers press, then lets all come to rest and counts.
func (k *killed) run(processes int) {
	running := make([]*exec.Cmd, processes)
	logs := make([]*bytes.Buffer, processes)
	for i := range running {
		running[i], logs[i] = k.begin(i)
	}
	defer func() {
		for i, cmd := range running {
			cmd.Process.Kill()
			cmd.Wait()
			if k.Failed() {
				k.Logf("log of process %d:\n%s", i, logs[i])
			}
		}
	}()
	lines := stream()
	for n := range kills {
		if n < kills/3 {
			k.append(lines[n*len(lines)/(kills/3) : (n+1)*len(lines)/(kills/3)])
		}
		// Every other kill is aimed at a post whose answer is under way; the others come at any moment.
		aim := k.posted
		moment := time.After(30 * time.Second)
		if n%2 == 0 {
			aim, moment = nil, time.After(time.Duration(500+rand.IntN(4000))*time.Millisecond)
		}
		for waiting := true; waiting; {
			select {
			case <-aim:
				time.Sleep(time.Duration(rand.IntN(600)) * time.Millisecond)
				waiting = false
			case <-moment:
				waiting = false
			case <-time.After(20 * time.Millisecond):
				k.officers()
			}
		}
		// An aimed kill takes all processes, as a power cut does: any of them may be the one that posted.
		for i := range running {
			if aim == nil && i != n/2%processes {
				continue
			}
			if err := running[i].Process.Kill(); err != nil {
				k.Fatal(err)
			}
			running[i].Wait()
			running[i], logs[i] = k.begin(i)
		}
	}
	deadline := time.Now().Add(150 * time.Second)
	for !k.atRest() {
		if time.Now().After(deadline) {
			k.Error("not at rest after the last kill")
			k.dump()
			break
		}
		k.officers()
		time.Sleep(200 * time.Millisecond)
	}
	k.count(len(lines))
}

// stream is every story's posts, the stories mixed.
func stream() []string {
	names := strings.Fields("赵小禾 钱一帆 孙可心 李知远 周念念 吴子墨 郑安安 王乐遥 冯思齐 陈果果 褚星辰 卫朵朵 蒋慕白 沈清和 韩小满 杨沐沐 朱予安 秦团团")
	var lines []string
	for c := range killCopies {
		for s := range killStories {
			place := places[s%killDesks]
			sex := []string{"男", "女"}[s%2]
			text := fmt.Sprintf("【寻人启事】%s，%s，%d岁，3月%d日下午在%s走失，身穿%s上衣，至今未归，家人万分着急，有知情者请联系19900%06d，求扩散！",
				names[s], sex, 4+s%9, 1+s, place.name, []string{"红色", "蓝色", "黄色", "绿色"}[s%4], s)
			if c > 0 {
				text = []string{"", "转发微博，帮忙扩散 ", "求转！", "看到的都转一下 "}[c] + text
			}
			line, err := json.Marshal(map[string]any{"id": fmt.Sprintf("p%d-%d", s, c), "text": text, "time": "2026-03-20T10:00:00+08:00", "reposts": 10})
			if err != nil {
				panic(err)
			}
			lines = append(lines, string(line)+"\n")
		}
	}
	return lines
}

func (k *killed) append(lines []string) {
	f, err := os.OpenFile(k.posts, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		k.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(strings.Join(lines, "")); err != nil {
		k.Fatal(err)
	}
}

var refute = regexp.MustCompile(`rule:\d+:0:refuted`)

// officers react to each new message in their chats: they press 不实 on a card, and answer the question faster than any person
// could, before the bot knows that it has asked. None of them may be told that the question is not waited for.
func (k *killed) officers() {
	for i := range killDesks {
		user := int64(701 + i)
		chat := fmt.Sprint(user)
		for _, m := range k.telegram.Messages(chat) {
			at := chat + "/" + fmt.Sprint(m.ID)
			if k.answered[at] {
				continue
			}
			switch data := refute.FindString(m.Markup); {
			case data != "":
				k.presses = append(k.presses, k.telegram.Press(user, chat, m.ID, data))
			case strings.Contains(m.Markup, "force_reply"):
				k.presses = append(k.presses, k.telegram.Write(user, chat, "已到场核查并查询接警记录，无此警情", m.ID))
			case strings.Contains(m.Text, "没有在等待答复"):
				k.Errorf("an answer was refused in chat %s: %s", chat, m.Text)
			default:
				continue
			}
			k.answered[at] = true
		}
	}
}

// atRest reports whether every story is ruled and nothing is under way.
func (k *killed) atRest() bool {
	db := k.open()
	defer db.Close()
	rest := false
	err := db.View(context.Background(), func(tx *store.Tx) error {
		ruled, err := tx.Rumors(context.Background(), store.RumorFilter{State: guitu.RumorRuled, Limit: 1000})
		if err != nil || len(ruled) < killStories {
			return err
		}
		posts := 0
		for _, r := range ruled {
			posts += r.Posts
		}
		all, err := tx.Deliveries(context.Background(), "", 0, 1000)
		if err != nil {
			return err
		}
		rest = posts >= killStories*killCopies && len(all) >= 2*killStories
		for _, d := range all {
			rest = rest && d.State != guitu.DeliveryDue && d.State != guitu.DeliverySending
		}
		return nil
	})
	if err != nil {
		k.Fatal(err)
	}
	return rest
}

// dump shows what is under way, for whoever must find out why the bot does not come to rest.
func (k *killed) dump() {
	db := k.open()
	defer db.Close()
	err := db.View(context.Background(), func(tx *store.Tx) error {
		waiting, err := tx.Rumors(context.Background(), store.RumorFilter{State: guitu.RumorOpen, Limit: 1000})
		for _, r := range waiting {
			k.Logf("story %d is open with %d posts in %s", r.ID, r.Posts, r.Claim.Area)
			cards, err := tx.Cards(context.Background(), r.ID)
			if err != nil {
				return err
			}
			for _, c := range cards {
				k.Logf("  card %d at %s/%s", c.ID, c.Ref.Chat, c.Ref.Message)
			}
			history, err := tx.History(context.Background(), r.ID)
			if err != nil {
				return err
			}
			for _, e := range history {
				k.Logf("  %s %s %s", e.At.Format(time.TimeOnly), e.Kind, e.Detail)
			}
		}
		return err
	})
	if err != nil {
		k.Error(err)
	}
	for i := range killDesks {
		chat := fmt.Sprint(701 + i)
		for _, m := range k.telegram.Messages(chat) {
			k.Logf("chat %s message %d (reacted %v): %.60q", chat, m.ID, k.answered[chat+"/"+fmt.Sprint(m.ID)], m.Text)
		}
	}
}

// count compares what the world saw with what the database says.
func (k *killed) count(posts int) {
	db := k.open()
	defer db.Close()
	ctx := context.Background()
	err := db.View(ctx, func(tx *store.Tx) error {
		rumors, err := tx.Rumors(ctx, store.RumorFilter{Limit: 1000})
		if err != nil {
			return err
		}
		if len(rumors) != killStories {
			k.Errorf("%d stories, want %d", len(rumors), killStories)
		}
		total := 0
		for _, r := range rumors {
			total += r.Posts
			v, err := tx.CurrentVerdict(ctx, r.ID)
			if err != nil {
				return err
			}
			if v == nil || v.Ruling != guitu.Refuted || v.Corrects != 0 {
				k.Errorf("story %d: verdict %+v, want one refutation", r.ID, v)
			}
		}
		if total != posts {
			k.Errorf("%d posts counted, want %d: each once", total, posts)
		}
		all, err := tx.Deliveries(ctx, "", 0, 1000)
		if err != nil {
			return err
		}
		channel := k.telegram.Messages(killChannel)
		states := map[guitu.DeliveryState]int{}
		tempted := 0 // notices that stand although their answer was lost
		for _, d := range all {
			states[d.State]++
			if d.Channel == siteChannel {
				if d.State != guitu.DeliverySent {
					k.Errorf("notice %s on the site is %s, want sent", d.Code, d.State)
				}
				continue
			}
			stands := 0
			for _, m := range channel {
				if strings.Contains(m.Text, d.Code) {
					stands++
				}
			}
			if d.State == guitu.DeliveryUnknown && stands == 1 {
				tempted++
			}
			switch {
			case stands > 1:
				k.Errorf("notice %s stands %d times in the channel", d.Code, stands)
			case d.State == guitu.DeliverySent && stands != 1:
				k.Errorf("notice %s is sent but stands %d times in the channel", d.Code, stands)
			case d.State != guitu.DeliverySent && d.State != guitu.DeliveryUnknown:
				k.Errorf("notice %s is %s, want sent or unknown", d.Code, d.State)
			}
		}
		if len(all) != 2*killStories {
			k.Errorf("%d deliveries, want one for each of %d notices on two channels", len(all), killStories)
		}
		if n := k.telegram.Pending(); n != 0 {
			k.Errorf("%d updates never taken", n)
		}
		// Only a kill between the mark and the call's arrival may leave an unknown notice that does not stand.
		vain := states[guitu.DeliveryUnknown] - tempted
		k.Logf("%d kills, %d posts, %d stories, %d presses and answers, deliveries by state: %v; unknown: %d stand, %d never went out",
			kills, total, len(rumors), len(k.presses), states, tempted, vain)
		if vain > maxVain {
			k.Errorf("%d deliveries are unknown though nothing went out, want at most %d", vain, maxVain)
		}
		if tempted == 0 {
			k.Error("no kill met a post whose answer was under way: this run proved nothing about doubles")
		}
		return nil
	})
	if err != nil {
		k.Fatal(err)
	}
}
