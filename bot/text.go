package bot

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"guitu"
)

// MaxOpen is how many waiting stories /open lists.
const MaxOpen = 10

// Text handles a text: a command, or the answer to a prompt. Only errors that a repetition may heal are returned.
func (c *Conversation) Text(ctx context.Context, in Incoming) (Answer, error) {
	command, argument := splitCommand(in.Text)
	if command == "" && in.ReplyTo == "" && !in.Private {
		return Answer{}, nil // People talk in groups; it is not meant for the bot.
	}
	if command == "/start" && argument != "" && in.Private && !strings.HasPrefix(argument, tipStart) {
		return c.join(ctx, in, argument)
	}
	if (command == "/stop" || command == "/unfollow") && in.Private && c.o.Public.Followers != nil {
		return c.unfollow(ctx, in)
	}
	officer, known, err := c.officer(ctx, in.User)
	if err != nil {
		return Answer{}, err
	}
	if !known {
		if in.Private {
			return c.public(ctx, in, command, argument)
		}
		if command != "" {
			return say(c.greeting()), nil
		}
		return Answer{}, nil
	}
	a, err := c.text(ctx, in, officer, command, argument)
	if kind := guitu.KindOf(err); err != nil && kind != guitu.Internal {
		return say(guitu.Message(err)), nil
	}
	return a, err
}

func (c *Conversation) text(ctx context.Context, in Incoming, o guitu.Officer, command, argument string) (Answer, error) {
	if o.Role == guitu.RoleAuditor && command != "/console" {
		return say("审计员只能查看审计记录和查阅记录，请用 /console 登录控制台。"), nil
	}
	switch command {
	case "":
		return c.reply(ctx, in, o)
	case "/open":
		if !c.mayList(in, o) {
			return say(elsewhere), nil
		}
		return c.open(ctx, o)
	case "/duty":
		return c.duty(ctx, o, argument)
	case "/drafts":
		return c.listDrafts(ctx, in, o)
	case "/alert":
		return c.beginAlert(ctx, in, o, argument)
	case "/alerts":
		return c.cases(ctx, in, o, argument)
	case "/console":
		return c.console(ctx, in, o)
	}
	return say(c.help(o)), nil // /help, /start, and whatever we don't know.
}

// reply takes the answer to a prompt.
func (c *Conversation) reply(ctx context.Context, in Incoming, o guitu.Officer) (Answer, error) {
	if in.Picture != "" || in.Point != nil {
		return c.handIn(ctx, in, o)
	}
	if in.ReplyTo == "" {
		return say(c.help(o)), nil
	}
	if alertID, key, ok := asked(in.ReplyTo); ok {
		return c.answerAlert(ctx, in, o, alertID, key)
	}
	if q, ok := caseAsked(in.ReplyTo); ok {
		return c.answerCase(ctx, in, o, q)
	}
	p, err := c.prompt(ctx, in.ReplyTo)
	if guitu.KindOf(err) == guitu.NotFound {
		return say("您回复的这条消息没有在等待答复。请先点按卡片上的按钮，再回复我提出的问题。"), nil
	}
	if err != nil {
		return Answer{}, err
	}
	if p.OfficerID != o.ID {
		return say("这个问题问的是另一位民警。请您自己点按卡片上的按钮。"), nil
	}
	basis := strings.TrimSpace(strings.ToValidUTF8(in.Text, ""))
	switch n := utf8.RuneCountInString(basis); {
	case n == 0:
		return say("请用文字写明是怎样核查的，再回复一次那条消息。结论尚未生效。"), nil
	case n > guitu.MaxBasis:
		return say(fmt.Sprintf("核查方式有 %d 字，至多 %d 字。请缩短后再回复一次那条消息。结论尚未生效。", n, guitu.MaxBasis)), nil
	}
	v, err := c.back.Decide(ctx, guitu.Decision{
		RumorID: p.RumorID, OfficerID: o.ID, Ruling: p.Ruling, Ending: p.Ending, Basis: basis, Corrects: p.Corrects, Key: in.Key,
	})
	if err != nil {
		return Answer{}, err
	}
	return recorded(v), nil
}

var promptNumber = regexp.MustCompile(`（问题 (\d{1,18})）$`)

// prompt returns the prompt that a message of the bot asks; NotFound when it asks none.
func (c *Conversation) prompt(ctx context.Context, message string) (guitu.Prompt, error) {
	none := guitu.Errorf(guitu.NotFound, "这条消息没有提出问题")
	title, _, _ := strings.Cut(message, "\n")
	found := promptNumber.FindStringSubmatch(title)
	if found == nil {
		return guitu.Prompt{}, none
	}
	p, err := c.back.Prompt(ctx, number(found[1]))
	if err != nil {
		return p, err
	}
	// The whole line counts: a post that a card quotes may end with any number. Before it stands whom the prompt addresses.
	if _, ours := strings.CutSuffix(title, promptTitle(p)); !ours {
		return p, none
	}
	return p, nil
}

// recorded tells what was ruled and what follows from it.
func recorded(v guitu.Verdict) Answer {
	verb := "已记录"
	if v.Corrects != 0 {
		verb = "已更正"
	}
	toast := fmt.Sprintf("%s：传言 #%d，%s。", verb, v.RumorID, VerdictLabel(v.Ruling, v.Ending).Zh)
	next := "卡片随之更新，通告会按公布时间发出。"
	switch v.Ruling {
	case guitu.Confirmed:
		next = fmt.Sprintf("归途不会因此自动发布任何消息。请立即据此发布寻人警报：点按卡片上的“据此发布警报”，或发送 /alert %d；"+
			"同时按现有流程在公安部儿童失踪信息紧急发布平台发布。不必等满 24 小时。", v.RumorID)
	case guitu.Unproven:
		next = "这一结论不对外发布。有了进展，请用“更正结论”。"
	case guitu.Refuted, guitu.Outdated:
	}
	if v.Corrects != 0 && !v.Ruling.NeedsBasis() {
		next += "此前若已发出通告，会发出更正。"
	}
	return Answer{Toast: toast, Say: &Utterance{Text: toast + "\n" + next}}
}

// elsewhere is said when stories are asked for where they must not be shown.
const elsewhere = "请在与我的私聊里或本值班台的群里打开传言。"

// mayList reports whether stories may be shown where in was said: to the officer alone, or in the desk's own group.
func (c *Conversation) mayList(in Incoming, o guitu.Officer) bool {
	return in.Private || (in.Ref.Chat != "" && in.Ref.Chat == o.Desk.TelegramChat)
}

func (c *Conversation) open(ctx context.Context, o guitu.Officer) (Answer, error) {
	qs, err := c.back.Waiting(ctx, o.Desk.Area, MaxOpen+1)
	if err != nil {
		return Answer{}, err
	}
	paused, err := c.paused(ctx, o)
	if err != nil {
		return Answer{}, err
	}
	if len(qs) == 0 {
		return say("没有待核查的传言。" + paused), nil
	}
	u := Utterance{Text: fmt.Sprintf("待核查的传言有 %d 条，等得最久的在前。点按可打开卡片。", len(qs))}
	if len(qs) > MaxOpen {
		qs = qs[:MaxOpen]
		u.Text = fmt.Sprintf("等得最久的 %d 条待核查传言。点按可打开卡片。", MaxOpen)
	}
	u.Text += paused
	for _, q := range qs {
		// The list is masked whatever the configuration says: a name is not needed to choose a line.
		label := NewCard(q, CardOptions{Mask: true}).Title
		if q.Rumor.Status == guitu.Exercise {
			label = "【演练】" + label
		}
		u.Choices = append(u.Choices, Action{
			Label: join(" · ", label, fmt.Sprintf("%d 帖", q.Rumor.Posts)),
			Press: Press{Verb: VerbOpen, RumorID: q.Rumor.ID},
		})
	}
	return Answer{Say: &u}, nil
}

// paused tells an administrator which sources stand still; it is "" when none does, and for everybody else.
func (c *Conversation) paused(ctx context.Context, o guitu.Officer) (string, error) {
	if o.Role != guitu.RoleAdmin {
		return "", nil
	}
	all, err := c.back.Sources(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, s := range all {
		if s.Paused {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	return fmt.Sprintf("\n\n已暂停读取的信源：%s。请在控制台的“信源”页处理。", strings.Join(names, "、")), nil
}

func (c *Conversation) duty(ctx context.Context, o guitu.Officer, argument string) (Answer, error) {
	var on bool
	switch strings.ToLower(argument) {
	case "on":
		on = true
	case "off":
	case "":
		return say(fmt.Sprintf("您目前%s。用 /duty on 上岗，用 /duty off 离岗。", dutyWord(o.OnDuty))), nil
	default:
		return say("请用 /duty on 上岗，或用 /duty off 离岗。"), nil
	}
	if err := c.back.SetDuty(ctx, o.ID, on, o.ID); err != nil {
		return Answer{}, err
	}
	return say(fmt.Sprintf("%s，您已%s。", o.Name, dutyWord(on))), nil
}

func dutyWord(on bool) string {
	if on {
		return "在岗"
	}
	return "离岗"
}

// console makes a sign-in link. It works once and for whoever opens it, so it is said in private only.
func (c *Conversation) console(ctx context.Context, in Incoming, o guitu.Officer) (Answer, error) {
	if !in.Private {
		return say("登录链接只能在与我的私聊里索取。"), nil
	}
	if c.o.SignIn == nil {
		return say("这个机器人没有配置控制台地址。"), nil
	}
	code, err := c.back.SignInCode(ctx, o.ID)
	if err != nil {
		return Answer{}, err
	}
	return say("登录控制台（一次有效，十分钟内打开，请勿转发）：\n" + c.o.SignIn(code)), nil
}

// join uses up an invitation. A stranger whose code is wrong learns nothing: the answer is the greeting that everybody gets.
func (c *Conversation) join(ctx context.Context, in Incoming, code string) (Answer, error) {
	o, err := c.back.JoinTelegram(ctx, code, in.User)
	if err == nil {
		return say(fmt.Sprintf("%s，您好。您已加入%s。\n\n%s", o.Name, o.Desk.Name, c.help(o))), nil
	}
	if guitu.KindOf(err) == guitu.Internal {
		return Answer{}, err
	}
	refused := guitu.Message(err)
	_, known, err := c.officer(ctx, in.User)
	if err != nil {
		return Answer{}, err
	}
	if !known {
		refused = c.greeting()
	}
	return say(refused), nil
}

func (c *Conversation) help(o guitu.Officer) string {
	admin := ""
	if o.Role == guitu.RoleAdmin {
		admin = "\n信源暂停读取或长时间读不到时，我会告诉管理员；处理之后，在控制台的“信源”页按“恢复读取”。"
	}
	return fmt.Sprintf(`%s · %s · %s
每条传言一张卡片：点按“属实”“不实”“已找回·过时”或“暂无法核实”，也可以转交其他值班台。
不实、已找回·过时和一切更正，都要回复我提出的问题，写明是怎样核查的。
/open 待核查的传言
/alert 起草寻人警报，/alert 17 据传言 #17 起草
/drafts 我的草稿和本值班台的草稿
/alerts 本值班台正在进行的警报：更新、延期、结案、撤销、复核；/alerts 校验码 打开其中一条
/duty on 上岗，/duty off 离岗
/console 控制台登录链接（只在私聊里）
/help 这份说明%s`, o.Name, o.Desk.Name, dutyWord(o.OnDuty), admin)
}

// greeting is all that anybody but an officer ever reads. It is short enough for the answer of a press.
func (c *Conversation) greeting() string {
	text := "这里是归途，核查网传的儿童失踪信息。"
	if c.o.Site != "" {
		text += "核查结果见 " + c.o.Site + " 。"
	}
	return text + "发现走失儿童或有线索，请拨打 110。民警请用管理员发来的邀请链接加入，链接只能用一次，失效后请另行索取。"
}

func say(text string) Answer { return Answer{Say: &Utterance{Text: text}} }

// splitCommand reads "/open", "/start CODE"; command is "" when the text is none.
func splitCommand(text string) (command, argument string) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "/") {
		return "", ""
	}
	command, argument, _ = strings.Cut(text, " ")
	return strings.ToLower(command), strings.TrimSpace(argument)
}
