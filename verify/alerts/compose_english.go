package alerts

import (
	"fmt"
	"strings"
	"time"

	"guitu"
)

// Places, marks and circumstances stay in Chinese: that is how they are found on a map and said on the telephone.

func searchEnglish(m guitu.AlertMessage, place string) guitu.Text {
	f, who := m.Facts, whoEnglish(m)
	if m.Shown.ShowName && f.Child.Name != "" {
		who = f.Child.Name + ", " + who
	}
	var p []string
	if m.Status == guitu.Exercise {
		p = append(p, "This is an exercise. Everything below is invented.")
	}
	label := "Missing: "
	switch m.Cause {
	case guitu.CauseUpdate:
		label = "Missing (update): "
		p = append(p, "Update: "+sentence(m.Note))
	case guitu.CauseCorrect:
		label = "Missing (correction): "
		p = append(p, "Correction: "+sentence(m.Note)+" This replaces what was said before.")
	case guitu.CauseIssue, guitu.CauseGrow, guitu.CauseExtend, guitu.CauseExpire, guitu.CauseCancel, guitu.CauseClose:
	}
	_, tier := m.Tier.Words()
	p = append(p, capital(whoEnglish(m))+bodyEnglish(f.Child)+". "+tier+".")
	for _, t := range [...]struct{ label, text string }{
		{"Clothes: ", f.Child.Clothing}, {"Marks: ", f.Child.Features}, {"What happened: ", f.Circumstances},
	} {
		if t.text != "" {
			p = append(p, t.label+t.text)
		}
	}
	p = append(p, fmt.Sprintf("Issued by %s. The check code %s shows whether this notice is genuine and how it stands.", m.Officer.Desk.Name, m.Code))
	return guitu.Text{
		Headline: fit(mark(m, "【演练】Exercise: ")+label, place, func(at string) string {
			if at == "" {
				return who
			}
			return who + ", " + at
		}),
		Keep:        fmt.Sprintf("Place: %s; time: %s; call: %s %s", guitu.PlaceIn(place, f.Place), minuteEnglish(f.MissingAt), f.Contact.Name, f.Contact.Phone),
		Description: strings.Join(p, "\n"),
		Instruction: actEnglish(m.Tier),
	}
}

func bodyEnglish(c guitu.Child) string {
	var s string
	if c.Height > 0 {
		s += fmt.Sprintf(", about %d cm tall", c.Height)
	}
	if c.Weight > 0 {
		s += fmt.Sprintf(", about %d kg", c.Weight)
	}
	return s
}

func actEnglish(t guitu.Tier) string {
	switch t {
	case guitu.TierAbduction, guitu.TierEndangered:
		return "If you see the child, call 110 or the number above at once and say where. Do not approach or stop anyone, and do not accuse or expose anyone."
	case guitu.TierRunaway:
		return "If you see the child, call 110 or the number above. Do not crowd, chase or film: let the child know that coming home is safe."
	case guitu.TierLost:
	}
	return "If you see the child, stay near and call 110 or the number above. Do not take the child elsewhere, and publish nothing else about it."
}

// whoEnglish is the child without a name: "boy, 7".
func whoEnglish(m guitu.AlertMessage) string {
	word := or(map[string]string{"男": "boy", "女": "girl"}[m.Facts.Child.Sex], "child")
	if years, ok := ageOf(m.Facts); ok {
		if years == 0 {
			return "baby " + word
		}
		return fmt.Sprintf("%s, %d", word, years)
	}
	return word
}

func endEnglish(m guitu.AlertMessage, place string) guitu.Text {
	var label, fact, head string
	last := "Thank you for sharing. Please stop, and delete the photos."
	switch m.Cause {
	case guitu.CauseCancel:
		label, head, fact = "Withdrawn: ", "missing-child notice", "This notice was issued in error and is withdrawn."
		last = "Please stop sharing, and delete the photos."
	case guitu.CauseExpire:
		label, head = "Expired: ", "missing-child notice"
		fact = "This notice has expired and is not to be shared any more. If you have seen the child, please still call 110."
	default:
		label, head = "Case closed: ", "missing-child case"
		fact = "The case is closed. No more will be said, out of respect for the child and the family."
		switch {
		case m.Ending.Outcome == guitu.OutcomeFalse:
			fact = "The police have found that the report was not true. The case is closed, and no more will be said."
			last = "Please stop sharing, and delete the photos."
		case m.Ending.Life == guitu.Alive:
			head = "the missing child has been found"
			fact = "The child has been found and the search is over. No more will be said: please leave the child and the family in peace."
		default:
			last = "Please stop sharing, and delete the photos."
		}
	}
	p := []string{fact, fmt.Sprintf("Issued by %s, %s, check code %s.", deskOf(m, "the police"), minuteEnglish(m.Sent), m.Code)}
	if m.Status == guitu.Exercise {
		p = append([]string{"This is an exercise. Everything below is invented."}, p...)
	}
	return guitu.Text{
		Headline: fit(mark(m, "【演练】Exercise: ")+label, place, func(at string) string {
			if at == "" {
				return head
			}
			return head + ", " + at
		}),
		Description: strings.Join(p, "\n"), Instruction: last,
	}
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func minuteEnglish(t time.Time) string {
	return t.In(beijing).Format("2 January 2006, 15:04") + " Beijing time"
}
