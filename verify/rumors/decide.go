package rumors

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
)

// Decide records an officer's ruling, or the correction of one, together with the notice that it calls for and everything that
// follows: deliveries, and the cards brought up to date. The same Decision.Key again returns the verdict that it made. Errors
// for people are *guitu.Error, and then nothing has changed.
func (s *Rumors) Decide(ctx context.Context, d guitu.Decision) (guitu.Verdict, error) {
	var v guitu.Verdict
	d.Basis = strings.TrimSpace(d.Basis)
	if err := check(d); err != nil {
		return v, err
	}
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.LockRumor(ctx, d.RumorID)
		if err != nil {
			return err
		}
		made, err := tx.VerdictByKey(ctx, d.Key)
		if err != nil {
			return err
		}
		if made != nil {
			if made.RumorID != d.RumorID || made.Officer.ID != d.OfficerID {
				return guitu.Errorf(guitu.Conflict, "这次操作已经用过，请重新打开页面")
			}
			v = *made
			return nil
		}
		officer, err := s.officer(ctx, tx, d.OfficerID, r.Rumor)
		if err != nil {
			return err
		}
		if err := notMerged(r.Rumor); err != nil {
			return err
		}
		current, err := tx.CurrentVerdict(ctx, d.RumorID)
		if err != nil {
			return err
		}
		switch {
		case current == nil && d.Corrects != 0:
			return guitu.Errorf(guitu.Conflict, "该传言尚无核查结论，无从更正")
		case current != nil && current.ID != d.Corrects:
			return s.settled(ctx, tx, d.RumorID)
		case current != nil && current.Ruling == d.Ruling && current.Ending == d.Ending:
			return guitu.Errorf(guitu.Invalid, "与现有结论相同，无需更正")
		}
		v = guitu.Verdict{
			RumorID: d.RumorID, Ruling: d.Ruling, Ending: d.Ending, Basis: d.Basis, Officer: officer, Desk: officer.Desk,
			Corrects: d.Corrects,
		}
		return s.decide(ctx, tx, r.Rumor, &v, d.Key)
	})
	if err != nil {
		return guitu.Verdict{}, err
	}
	return v, nil
}

// check refuses what no story's state could make right.
func check(d guitu.Decision) error {
	switch {
	case !d.Ruling.Valid():
		return guitu.Errorf(guitu.Invalid, "没有这种核查结论")
	case d.Key == "":
		return guitu.Errorf(guitu.Invalid, "缺少操作标识，请重新打开页面")
	case d.Ruling == guitu.Outdated && d.Ending != guitu.Found && d.Ending != guitu.Over:
		return guitu.Errorf(guitu.Invalid, "请选择：已平安找回，还是事情已了结")
	case d.Ruling != guitu.Outdated && d.Ending != "":
		return guitu.Errorf(guitu.Invalid, "只有“已找回·过时”需要说明如何了结")
	case d.Basis == "" && (d.Ruling.NeedsBasis() || d.Corrects != 0):
		return guitu.Errorf(guitu.Invalid, "请写明是如何核查的")
	case utf8.RuneCountInString(d.Basis) > guitu.MaxBasis:
		return guitu.Errorf(guitu.Invalid, "核查依据最多 %d 字", guitu.MaxBasis)
	case !utf8.ValidString(d.Basis) || strings.ContainsRune(d.Basis, 0):
		return guitu.Errorf(guitu.Invalid, "核查依据含有无法识别的字符")
	}
	return nil
}

// officer returns the officer who asks, if that officer may act on a story: it lies in the desk's area, or waits or waited there.
func (s *Rumors) officer(ctx context.Context, tx *store.Tx, officerID int64, r guitu.Rumor) (guitu.Officer, error) {
	o, err := tx.Officer(ctx, officerID)
	if err != nil {
		return o, err
	}
	if err := o.Acts(tx.Now); err != nil {
		return o, err
	}
	if o.Desk.Area.Covers(r.Claim.Area) {
		return o, nil
	}
	was, err := tx.WasAt(ctx, r.ID, o.Desk.ID)
	if err == nil && !was {
		err = guitu.Errorf(guitu.Forbidden, "该传言不属于您的值班台（%s）", o.Desk.Name)
	}
	return o, err
}

// MayAct returns nil when an officer may rule on a story and hand it over, and otherwise the refusal that Decide would give.
func (s *Rumors) MayAct(ctx context.Context, rumorID, officerID int64) error {
	return s.db.View(ctx, func(tx *store.Tx) error {
		r, err := tx.Rumor(ctx, rumorID)
		if err != nil {
			return err
		}
		_, err = s.officer(ctx, tx, officerID, r.Rumor)
		return err
	})
}

// settled says who ruled what and when.
func (s *Rumors) settled(ctx context.Context, tx *store.Tx, rumorID int64) error {
	v, err := tx.CurrentVerdict(ctx, rumorID)
	if err != nil {
		return err
	}
	if v == nil {
		return guitu.Errorf(guitu.Conflict, "该传言的状态已变化，请重新打开")
	}
	ruling, _ := v.Ruling.Words()
	return guitu.Errorf(guitu.Conflict, "该传言已由%s（%s）于%s核定为“%s”，本次操作未作改动。如需更正，请在最新卡片上选择更正。",
		v.Officer.Name, v.Desk.Name, v.At.In(beijing).Format("1月2日 15:04"), ruling)
}

// decide records a verdict that may be made.
func (s *Rumors) decide(ctx context.Context, tx *store.Tx, r guitu.Rumor, v *guitu.Verdict, key string) error {
	if err := tx.CreateVerdict(ctx, v, key); err != nil {
		return err
	}
	if err := tx.SetRumorState(ctx, r.ID, guitu.RumorRuled); err != nil {
		return err
	}
	if err := tx.EndAssignment(ctx, r.ID); err != nil {
		return err
	}
	kind, deed := guitu.EventRuled, guitu.DeedRumorRule
	if v.Corrects != 0 {
		kind, deed = guitu.EventCorrected, guitu.DeedRumorCorrect
	}
	tx.Audit(guitu.Entry{OfficerID: v.Officer.ID, Deed: deed, ThingID: r.ID, Detail: map[string]string{
		"verdict": guitu.Ref(v.ID), "ruling": string(v.Ruling), "ending": string(v.Ending), "desk": guitu.Ref(v.Desk.ID),
	}})
	ruling, _ := v.Ruling.Words()
	if err := tx.Log(ctx, r.ID, v.Officer.ID, kind, ruling); err != nil {
		return err
	}
	if err := s.register(ctx, tx, r.ID); err != nil {
		return err
	}
	if err := s.announce(ctx, tx, r, *v); err != nil {
		return err
	}
	return s.show(ctx, tx, r.ID)
}

// announce makes the notice that a verdict calls for, and amends the one that it corrects.
func (s *Rumors) announce(ctx context.Context, tx *store.Tx, r guitu.Rumor, v guitu.Verdict) error {
	seen, err := s.withdrawAll(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	var corrected *guitu.Notice
	if len(seen) > 0 {
		corrected = seen[0].notice
	}
	samples, err := tx.Samples(ctx, r.ID)
	if err != nil {
		return err
	}
	n, ok := compose(r, v, samples, gazetteer.Name(r.Claim.Area), corrected)
	if !ok {
		return nil
	}
	n.RumorID, n.VerdictID = r.ID, v.ID
	n.Due = s.o.NextAnnouncement(tx.Now)
	if corrected != nil || (s.o.UrgentReach > 0 && r.Reach >= s.o.UrgentReach) {
		n.Due = tx.Now
	}
	if n.Code, err = s.code(ctx, tx); err != nil {
		return err
	}
	if err := tx.CreateNotice(ctx, &n); err != nil {
		return err
	}
	for _, channel := range s.o.Channels {
		d := guitu.Delivery{NoticeID: n.ID, Channel: channel, Due: n.Due}
		if err := tx.CreateDelivery(ctx, &d); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, guitu.Deliver{DeliveryID: d.ID}, d.Due); err != nil {
			return err
		}
	}
	for _, w := range seen {
		if err := tx.SetCorrectedBy(ctx, w.notice.ID, n.Code); err != nil {
			return err
		}
		for _, d := range w.out {
			if err := tx.Enqueue(ctx, guitu.Amend{DeliveryID: d.ID}, time.Time{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// withdrawn is a notice that the public has seen, and the deliveries by which it has or may have.
type withdrawn struct {
	notice *guitu.Notice
	out    []guitu.Delivery
}

// withdrawAll withdraws the notices of a story, and of the stories that went into it: they rest on the same verdict.
func (s *Rumors) withdrawAll(ctx context.Context, tx *store.Tx, rumorID int64) (all []withdrawn, err error) {
	merged, err := tx.MergedRumors(ctx, rumorID)
	if err != nil {
		return nil, err
	}
	for _, id := range append([]int64{rumorID}, merged...) {
		n, out, err := s.withdraw(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if n == nil {
			continue
		}
		if id != rumorID && n.CorrectedBy != "" {
			// An earlier correction of this story's verdict stands for it, if anybody has seen that one.
			known, err := s.public(ctx, tx, n.CorrectedBy)
			if err != nil {
				return nil, err
			}
			if known {
				continue
			}
		}
		all = append(all, withdrawn{n, out})
	}
	return all, nil
}

// public reports whether the public has seen a notice, or may have.
func (s *Rumors) public(ctx context.Context, tx *store.Tx, code string) (bool, error) {
	n, err := tx.NoticeByCode(ctx, code)
	if err != nil || n == nil {
		return false, err
	}
	all, err := tx.DeliveriesOf(ctx, n.ID)
	return slices.ContainsFunc(all, func(d guitu.Delivery) bool {
		return d.State != guitu.DeliveryDue && d.State != guitu.DeliveryRefused && d.State != guitu.DeliveryWithdrawn
	}), err
}

// withdraw stops what has not gone out of the story's earlier notice, and returns the notice that the public has seen last
// together with its deliveries that have gone out or may have; none when the public has seen none.
func (s *Rumors) withdraw(ctx context.Context, tx *store.Tx, rumorID int64) (*guitu.Notice, []guitu.Delivery, error) {
	earlier, err := tx.LastNotice(ctx, rumorID)
	for err == nil && earlier != nil {
		var all, out []guitu.Delivery
		if all, err = tx.DeliveriesOf(ctx, earlier.ID); err != nil {
			break
		}
		for _, d := range all {
			if d.State == guitu.DeliveryRefused || d.State == guitu.DeliveryWithdrawn {
				continue
			}
			stopped, err := tx.MoveDelivery(ctx, d.ID, guitu.DeliveryDue, guitu.DeliveryWithdrawn, "")
			if err != nil {
				return nil, nil, err
			}
			if !stopped {
				out = append(out, d)
			}
		}
		if len(out) > 0 {
			return earlier, out, nil
		}
		if earlier.Corrects == "" {
			return nil, nil, nil
		}
		// A correction that never went out: what the public has seen is the notice before it.
		earlier, err = tx.NoticeByCode(ctx, earlier.Corrects)
	}
	return nil, nil, err
}

// code returns a check code that no notice has.
func (s *Rumors) code(ctx context.Context, tx *store.Tx) (string, error) {
	for {
		code, err := guitu.NewCode(s.o.Rand)
		if err != nil {
			return "", err
		}
		taken, err := tx.HasCode(ctx, code)
		if err != nil || !taken {
			return code, err
		}
	}
}
