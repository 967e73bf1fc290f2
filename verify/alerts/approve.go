package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
)

// What became of an approval.
const (
	agreed     = "agreed"
	refused    = "refused"
	overridden = "overridden"
	void       = "void" // the alert ended first, or a later one asks for more
)

// went reports whether an approval lets go on.
func went(p guitu.Approval) bool { return p.Decision == agreed || p.Decision == overridden }

// AskApproval asks a second officer to agree to a wider ring, or to changed settings of a tier.
func (s *Alerts) AskApproval(ctx context.Context, r guitu.ApprovalRequest) (p guitu.Approval, err error) {
	r.Reason = clean(r.Reason)
	if r.Reason == "" || utf8.RuneCountInString(r.Reason) > guitu.MaxBasis {
		return p, guitu.Errorf(guitu.Invalid, "请写明理由，最多 %d 字", guitu.MaxBasis)
	}
	return s.approval(ctx, press{r.AlertID, r.OfficerID, guitu.DeedApprovalAsk, r.Key, anyVersion}, func(c *change) (err error) {
		if c.alert.State != guitu.AlertDraft {
			if err := onlyActive(c.alert.Alert); err != nil {
				return err
			}
		}
		p := guitu.Approval{AlertID: c.alert.ID, Kind: r.Kind, Reason: r.Reason, By: c.officer, Override: c.Now.Add(s.o.Override)}
		switch r.Kind {
		case guitu.ApproveReach:
			p.Reach = r.Reach
			if !slices.Contains(guitu.Rings[:], r.Reach) || r.Reach > s.rule(c.alert.Facts).Reach {
				return guitu.Errorf(guitu.Invalid, "范围应为 100、200、300 或 500 公里，且不超过该等级的上限")
			}
		case guitu.ApproveTier:
			if p.Tier = r.Tier; !slices.Contains(guitu.Tiers[:], r.Tier) {
				return guitu.Errorf(guitu.Invalid, "没有这种风险等级")
			}
			if err := CheckRule(r.Rule); err != nil {
				return err
			}
			p.Rule = s.rule(guitu.Facts{Tier: r.Tier, Rule: &r.Rule})
		default:
			return guitu.Errorf(guitu.Invalid, "没有这种复核")
		}
		c.ref, err = s.ask(ctx, c.Tx, p)
		return err
	})
}

// approval runs a press that makes or changes an approval, and returns it.
func (s *Alerts) approval(ctx context.Context, p press, fn func(c *change) error) (guitu.Approval, error) {
	_, id, err := s.change(ctx, p, fn)
	if err != nil {
		return guitu.Approval{}, err
	}
	var made guitu.Approval
	err = s.db.View(ctx, func(tx *store.Tx) error {
		made, err = tx.Approval(ctx, id)
		return err
	})
	return made, err
}

// ask records that a second officer is asked, and tells the desk.
func (s *Alerts) ask(ctx context.Context, tx *store.Tx, p guitu.Approval) (int64, error) {
	if err := tx.CreateApproval(ctx, &p); err != nil {
		return 0, err
	}
	detail := fmt.Sprintf("%d公里", p.Reach)
	if p.Kind == guitu.ApproveTier {
		detail, _ = p.Tier.Words()
	}
	if err := tx.LogAlert(ctx, p.AlertID, p.By.ID, guitu.EventAskedFor, detail); err != nil {
		return 0, err
	}
	a, err := tx.Alert(ctx, p.AlertID)
	if err != nil {
		return 0, err
	}
	// At a small desk there is nobody else awake at night: the desk above may answer as well.
	up, err := above(ctx, tx, a.Alert)
	if err != nil {
		return 0, err
	}
	return p.ID, tell(ctx, tx, p.AlertID, guitu.EventAskedFor, a.Desk, up)
}

// askReach asks for a ring in the name of who issued the alert, unless it has been asked for: what was refused is not asked again by
// itself.
func (s *Alerts) askReach(ctx context.Context, tx *store.Tx, a guitu.Alert, km int) error {
	all, err := tx.Approvals(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Kind != guitu.ApproveReach {
			continue
		}
		if p.Reach >= km {
			return nil
		}
		// The wider question stands for the narrower one.
		if p.Decision == "" {
			if _, err := tx.DecideApproval(ctx, p.ID, 0, void); err != nil {
				return err
			}
		}
	}
	messages, err := tx.Messages(ctx, a.ID)
	if err != nil {
		return err
	}
	_, err = s.ask(ctx, tx, guitu.Approval{
		AlertID: a.ID, Kind: guitu.ApproveReach, Reach: km, Reason: "按走失时长应扩大范围", By: messages[0].Officer,
		Override: tx.Now.Add(s.o.Override),
	})
	return err
}

// Decide records a second officer's answer. Nobody answers what they asked for themselves.
func (s *Alerts) Decide(ctx context.Context, d guitu.ApprovalDecision) (guitu.Approval, error) {
	d.Reason = clean(d.Reason)
	if utf8.RuneCountInString(d.Reason) > guitu.MaxBasis || !d.Agree && d.Reason == "" {
		return guitu.Approval{}, guitu.Errorf(guitu.Invalid, "不同意时请写明理由，最多 %d 字", guitu.MaxBasis)
	}
	decision, event, deed := agreed, guitu.EventAgreed, guitu.DeedApprovalAgree
	if !d.Agree {
		decision, event, deed = refused, guitu.EventDeclined, guitu.DeedApprovalRefuse
	}
	return s.answer(ctx, d.ApprovalID, d.OfficerID, deed, d.Key, func(c *change, p guitu.Approval) error {
		if p.By.ID == c.officer.ID {
			return guitu.Errorf(guitu.Forbidden, "不能复核自己提出的请求，请另一名民警处理")
		}
		return s.settle(ctx, c, p, decision, event, d.Reason)
	})
}

// Override lets the officer who asked go on alone, once nobody has answered for long enough. That is logged, and the desk above is told.
func (s *Alerts) Override(ctx context.Context, approvalID, officerID int64, key string) (guitu.Approval, error) {
	return s.answer(ctx, approvalID, officerID, guitu.DeedApprovalOverride, key, func(c *change, p guitu.Approval) error {
		switch {
		case p.By.ID != c.officer.ID:
			return guitu.Errorf(guitu.Forbidden, "只有提出请求的民警可以超时自行决定")
		case c.Now.Before(p.Override):
			return guitu.Errorf(guitu.Conflict, "%s之前请等待复核", p.Override.In(beijing).Format("15:04"))
		}
		return s.settle(ctx, c, p, overridden, guitu.EventOverridden, "")
	})
}

// answer runs a press on an approval that waits.
func (s *Alerts) answer(
	ctx context.Context, approvalID, officerID int64, deed guitu.Deed, key string, fn func(*change, guitu.Approval) error,
) (guitu.Approval, error) {
	var p guitu.Approval
	err := s.db.View(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.Approval(ctx, approvalID)
		return err
	})
	if err != nil {
		return guitu.Approval{}, err
	}
	return s.approval(ctx, press{p.AlertID, officerID, deed, key, anyVersion}, func(c *change) error {
		c.ref = approvalID
		p, err := c.Approval(ctx, approvalID)
		if err != nil {
			return err
		}
		switch p.Decision {
		case "":
			return fn(c, p)
		case void:
			return guitu.Errorf(guitu.Conflict, "这次复核已不需要")
		}
		return guitu.Errorf(guitu.Conflict, "这次复核已由%s处理", p.Decider.Name)
	})
}

// settle records an answer, and what follows from it: the circle grows.
func (s *Alerts) settle(ctx context.Context, c *change, p guitu.Approval, decision string, event guitu.EventKind, reason string) error {
	if _, err := c.DecideApproval(ctx, p.ID, c.officer.ID, decision); err != nil {
		return err
	}
	if err := c.LogAlert(ctx, p.AlertID, c.officer.ID, event, reason); err != nil {
		return err
	}
	if decision == overridden {
		up, err := above(ctx, c.Tx, c.alert.Alert)
		if err != nil {
			return err
		}
		if err := tell(ctx, c.Tx, p.AlertID, event, up); err != nil {
			return err
		}
	}
	if p.Kind != guitu.ApproveReach || decision == refused || c.alert.State != guitu.AlertActive {
		return nil
	}
	return c.Enqueue(ctx, guitu.Grow{AlertID: p.AlertID}, time.Time{})
}

// voidApprovals ends what waits for an answer that nobody needs any more.
func voidApprovals(ctx context.Context, tx *store.Tx, alertID int64) error {
	all, err := tx.Approvals(ctx, alertID)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Decision == "" {
			if _, err := tx.DecideApproval(ctx, p.ID, 0, void); err != nil {
				return err
			}
		}
	}
	return nil
}
