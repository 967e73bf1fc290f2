package bot

import (
	"fmt"
	"strings"

	"guitu"
)

// ChannelWarning tells what is wrong with a channel, what it holds up, and what to do. console is the address of the channels' page
// in the console, "" for none.
func ChannelWarning(t guitu.ChannelTrouble, o WarningOptions) string {
	if o.Location == nil {
		o.Location = Beijing
	}
	page := "控制台的“投递”页"
	if o.Console != "" {
		page += " " + o.Console + " "
	}
	name, trouble := t.Channel.Name, cut(t.Channel.Trouble, maxTrouble)
	notice := fmt.Sprintf("%s %s", NoticeLabel(t.Delivery.Kind).Zh, t.Delivery.Code)
	var lines []string
	switch t.Kind {
	case guitu.TroublePaused:
		lines = []string{
			fmt.Sprintf("渠道“%s”已暂停发布，要有人处理。恢复之前，通告不再发到这里，其他渠道照常。", name), "遇到的情况：" + trouble,
			"请更新该渠道的凭据（配置中的 *_file），重启归途，再由管理员在" + page + "按“恢复发布”。",
		}
	case guitu.TroubleBudget:
		lines = []string{
			fmt.Sprintf("渠道“%s”的发布限额已用完，不紧急的通告暂缓，额度恢复后自动发布。", name),
			"正在等待：" + notice + "，预计 " + t.Delivery.Due.In(o.Location).Format("01-02 15:04") + " 发布。情况见" + page + "。",
		}
	case guitu.TroubleExpiring:
		lines = []string{fmt.Sprintf("渠道“%s”的凭据将于 %s 到期。请在此之前更换，否则届时不能发布。", name, t.Channel.Expires.In(o.Location).Format("2006-01-02 15:04"))}
	case guitu.TroubleSilent:
		lines = []string{
			fmt.Sprintf("渠道“%s”连续 %d 次检查没有正常答复，可能发不出通告。", name, t.Channel.Fails), "遇到的情况：" + trouble, "情况见" + page + "。",
		}
	case guitu.TroubleDeaf:
		lines = []string{
			fmt.Sprintf("接收消息的“%s”中断过，归途已重新连接。其间按下的按钮和发来的消息没有丢失，但可能处理得晚。", name),
			"若反复出现，请检查到聊天服务器的网络。",
		}
	case guitu.TroubleLate:
		lines = []string{
			fmt.Sprintf("紧急：%s 超过两分钟仍未在渠道“%s”发布，状态：%s。", notice, name, DeliveryLabel(t.Delivery.State).Zh),
			"原因：" + cut(t.Delivery.Trouble, maxTrouble), "其他渠道不受影响。请在" + page + "查看，必要时由人工发布。",
		}
	case guitu.TroubleDelivery:
		lines = []string{
			fmt.Sprintf("%s 在渠道“%s”需要人工处理，状态：%s。", notice, name, DeliveryLabel(t.Delivery.State).Zh),
			"原因：" + cut(t.Delivery.Trouble, maxTrouble), "请在" + page + "处理；可只对这一渠道重新发送。",
		}
	}
	return strings.Join(lines, "\n")
}
