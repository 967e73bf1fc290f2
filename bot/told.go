package bot

import (
	"fmt"
	"strings"
	"time"

	"guitu"
)

// Told says in a desk's chat what an alert needs of it. It holds no name, place or number of the child: the chat may stand on other
// people's servers, and everything else is in the console. link is the case's page there, "" for none. The buttons are those by which
// the chat answers.
func Told(a guitu.Alert, event guitu.EventKind, link string, loc *time.Location) Utterance {
	if loc == nil {
		loc = Beijing
	}
	what := caseName(a)
	open := Action{Label: "打开案件", Press: Press{Verb: VerbCase, AlertID: a.ID, Do: "show"}}
	var lines []string
	var choices []Action
	switch event {
	case guitu.EventExpiring:
		choices = append(extensions(a), Action{Label: "结案", Press: Press{Verb: VerbCase, AlertID: a.ID, Do: "close"}}, open)
		lines = append(lines, fmt.Sprintf("%s将于%s到期。", what, a.Expires.In(loc).Format("1月2日 15:04")),
			"孩子还没有找到的请延期，已经有结果的请结案；不处理的，到期后自动停止扩散，姓名和照片随之撤下。")
	case guitu.EventFading:
		lines = append(lines, what+"已有多日无人改动。", "仍需发布的请继续填写，不需要的请弃用；再过一天无人改动，将自动弃用并删除其中的个人信息。")
	case guitu.EventAskedFor:
		choices = []Action{open}
		lines = append(lines, what+"请求另一名民警复核（扩大范围或调整等级）。", "请求人自己不能复核；超时无人处理的，请求人可以自行决定，并通知上级值班台。")
	case guitu.EventOverridden:
		choices = []Action{open}
		lines = append(lines, what+"的复核超时无人处理，请求的民警已自行决定。", "请上级值班台知悉并核对。")
	case guitu.EventTip:
		lines = append(lines, what+"收到群众提供的新线索。", "请尽快查看，并按“有用、已掌握、不是、回电”处理。")
	default:
		lines = append(lines, what+"有新的情况。")
	}
	if link != "" {
		lines = append(lines, "处理："+link)
	} else {
		lines = append(lines, "请在控制台处理。")
	}
	return Utterance{Text: strings.Join(lines, "\n"), Choices: choices}
}
