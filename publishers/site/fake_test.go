package site_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"guitu"
)

// shelf is a Reader in memory.
type shelf struct {
	mu      sync.Mutex
	notices []guitu.Notice // by ID
	alerts  []guitu.Standing
	photos  map[string][]byte // by token; nil for a revoked one
	broken  error
}

func (s *shelf) Alert(_ context.Context, code string) (guitu.Standing, error) {
	return s.alertBy(func(a guitu.Standing) bool { return a.Code == code })
}

func (s *shelf) AlertByMessage(_ context.Context, identifier string) (guitu.Standing, error) {
	return s.alertBy(func(a guitu.Standing) bool {
		return slices.ContainsFunc(a.Told, func(t guitu.Told) bool { return t.Message.Identifier == identifier })
	})
}

func (s *shelf) alertBy(is func(guitu.Standing) bool) (guitu.Standing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.alerts, is); i >= 0 && s.broken == nil {
		return s.alerts[i], nil
	}
	if s.broken != nil {
		return guitu.Standing{}, s.broken
	}
	return guitu.Standing{}, guitu.Errorf(guitu.NotFound, "没有这个警报")
}

func (s *shelf) Alerts(_ context.Context, f guitu.StandingFilter) ([]guitu.Standing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []guitu.Standing
	for _, a := range slices.Backward(s.alerts) {
		here := slices.ContainsFunc(a.Last().Message.Areas, f.Area.Covers)
		ended := a.State.Over() && (f.Since.IsZero() || a.EndedAt.Before(f.Since))
		if here && !ended && (f.Before == 0 || a.AlertID < f.Before) && len(list) < f.Limit {
			a.Told, a.Photos = a.Told[len(a.Told)-1:], nil
			list = append(list, a)
		}
	}
	return list, s.broken
}

func (s *shelf) Photo(_ context.Context, token string) (guitu.Photo, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return guitu.Photo{}, nil, s.broken
	}
	body, ok := s.photos[token]
	if !ok {
		return guitu.Photo{}, nil, guitu.Errorf(guitu.NotFound, "没有这张照片")
	}
	return guitu.Photo{ID: 1, Token: token, Alt: "男孩的正面照，短发", Type: "image/png", Width: 600, Height: 800, Revoked: body == nil}, body, nil
}

func (s *shelf) Notice(_ context.Context, code string) (guitu.Notice, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.alerts {
		if a.Code == code && s.broken == nil {
			return a.Last().Notice, nil
		}
	}
	for _, n := range s.notices {
		if n.Code == code && s.broken == nil {
			return n, nil
		}
	}
	if s.broken != nil {
		return guitu.Notice{}, s.broken
	}
	return guitu.Notice{}, guitu.Errorf(guitu.NotFound, "没有这条通告")
}

func (s *shelf) Notices(_ context.Context, area guitu.Area, before int64, limit int) ([]guitu.Notice, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []guitu.Notice
	for _, a := range slices.Backward(s.alerts) {
		if n := a.Last().Notice; slices.ContainsFunc(a.Last().Message.Areas, area.Covers) && (before == 0 || n.ID < before) && len(list) < limit {
			list = append(list, n)
		}
	}
	for i := len(s.notices) - 1; i >= 0 && len(list) < limit; i-- {
		if n := s.notices[i]; area.Covers(n.Area) && (before == 0 || n.ID < before) {
			list = append(list, n)
		}
	}
	return list, s.broken
}

func (s *shelf) add(n guitu.Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n.ID = int64(len(s.notices) + 1)
	s.notices = append(s.notices, n)
}

var noon = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC) // in Beijing

func debunk() guitu.Notice {
	return guitu.Notice{
		Kind: guitu.NoticeDebunk, Status: guitu.Actual, Code: "K7QW3M", Area: "371302", Place: "临沂市兰山区",
		Claimed: "一名约3岁女童在临沂市兰山区被拐走",
		Texts: map[string]guitu.Text{
			guitu.Chinese: {
				Headline: "临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实",
				Description: "经警方核查，临沂市兰山区没有发生网传的拐走儿童一事。\n网传信息不实：“一名约3岁女童在临沂市兰山区被拐走”。\n" +
					"核查情况：查阅监控并走访超市，<b>没有</b>此事 & 无警情。（兰山区值班台，2026年11月24日11时02分）\n" +
					"再次说明：临沂市兰山区没有发生网传的拐走儿童一事。",
				Instruction: "请不要转发这条不实信息，已经转发的请删除。",
			},
			guitu.English: {
				Headline: "No such abduction in 临沂市兰山区: claim is false",
				Description: "The police have checked: no such child abduction took place in 临沂市兰山区.\n" +
					"This online claim is false: “a girl of about 3 was abducted in 临沂市兰山区”.\n" +
					"How it was checked, in the officers' words: 查阅监控并走访超市。 (兰山区值班台, 24 November 2026, 11:02 Beijing time)\n" +
					"To repeat: no such child abduction took place in 临沂市兰山区.",
				Instruction: "Please do not pass this false claim on, and delete it where you have.",
			},
		},
		Sources: []string{"https://weibo.example/1?a=1&b=2", "javascript:alert(1)"},
		MadeAt:  noon.Add(-time.Hour), Due: noon,
	}
}

func found() guitu.Notice {
	return guitu.Notice{
		Kind: guitu.NoticeFound, Status: guitu.Actual, Code: "F9WND2", Area: "110105", Place: "北京市朝阳区",
		Claimed: "一名约12岁男童在北京市朝阳区走失",
		Texts: map[string]guitu.Text{
			guitu.Chinese: {
				Headline:    "北京市朝阳区走失男童已找回，感谢转发，请停止扩散并删除照片",
				Description: "经警方核实，北京市朝阳区走失男童已找回。\n网传信息已过时：“一名约12岁男童在北京市朝阳区走失”。",
				Instruction: "感谢转发，请停止扩散并删除照片。",
			},
			guitu.English: {
				Headline:    "Boy from 北京市朝阳区 found: please stop sharing",
				Description: "The police have confirmed: the boy from 北京市朝阳区 whom the posts look for has been found.",
				Instruction: "Thank you for sharing. Please stop, and delete the photos.",
			},
		},
		MadeAt: noon, Due: noon.Add(time.Hour),
	}
}

// correction corrects the notice with a code.
func correction(code string) guitu.Notice {
	n := debunk()
	n.Kind, n.Code, n.Corrects, n.Sources = guitu.NoticeCorrection, "C2RRCT", code, nil
	n.MadeAt, n.Due = noon.Add(48*time.Hour), noon.Add(48*time.Hour)
	n.Texts = map[string]guitu.Text{
		guitu.Chinese: {
			Headline:    "更正：此前关于临沂市兰山区网传信息的通告不再有效，该信息属实",
			Description: "经警方重新核查，下述网传信息属实。\n本通告更正2026年11月24日发布的第" + code + "号通告。原通告不再有效。",
			Instruction: "发现线索请立即报警，不要自行追查或者指认他人。",
		},
		guitu.English: {
			Headline:    "Correction: claim about 临沂市兰山区 is true",
			Description: "The police have checked again: the online claim below is true.\nThis notice corrects notice " + code + ".",
			Instruction: "If you know something, call the police at once.",
		},
	}
	return n
}

func many(n int) *shelf {
	s := &shelf{}
	for i := range n {
		x := found()
		x.Code = fmt.Sprintf("M%c%c%c%cZ", 'A'+i/16/16%8, 'V'+i/16%4, "23456789ABCDEFGH"[i/4%16], "WXYZ"[i%4])
		x.Due = noon.Add(time.Duration(i) * time.Minute)
		s.add(x)
	}
	return s
}
