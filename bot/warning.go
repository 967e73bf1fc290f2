package bot

import (
	"fmt"
	"strings"
	"time"

	"guitu"
)

// WarningOptions says how a warning is made. The zero value works.
type WarningOptions struct {
	Console  string         // address of the sources' page in the console, "" for none
	Location *time.Location // default: Beijing time
}

// maxTrouble is how much of what a source said is told in runes.
const maxTrouble = 300

// Warning tells the operator that a source needs a person: what stood there, what to do, and how it goes on.
func Warning(s guitu.SourceState, o WarningOptions) string {
	if o.Location == nil {
		o.Location = Beijing
	}
	read := "从未成功读取"
	if !s.LastOK.IsZero() {
		read = "上次成功读取：" + s.LastOK.In(o.Location).Format("2006-01-02 15:04")
	}
	console := "控制台的“信源”页"
	if o.Console != "" {
		console += " " + o.Console + " "
	}
	lines := []string{"", "遇到的情况：" + cut(s.Trouble, maxTrouble), read + "。", ""}
	if s.Paused {
		lines[0] = fmt.Sprintf("信源“%s”已暂停读取，要有人处理。恢复之前，不再从这里发现新的帖文。", s.Name)
		lines[3] = "请先打开该网站查看。需要登录的，请本单位更新登录凭据（cookie_file）后重启归途；不要绕过登录或验证码。" +
			"处理之后，由管理员在" + console + "按“恢复读取”。"
	} else {
		lines[0] = fmt.Sprintf("信源“%s”连续 %d 次读取未成功，要有人查看。", s.Name, s.Fails)
		lines[3] = "请打开该网站或文件查看。网站改版的，请更新归途；网站或网络有故障的，恢复之后会自动接着读取，无须操作。情况见" + console + "。"
	}
	return strings.Join(lines, "\n")
}
