package console

import (
	"net/http"
	"strconv"

	"guitu"
)

// Waiting is how many tips nobody has answered.
func (b caseBody) Waiting() (n int) {
	for _, t := range b.Tips {
		if t.Answer == "" {
			n++
		}
	}
	return n
}

// MayAnswer reports whether the reader answers tips. That publishes nothing and needs no second factor.
func (b caseBody) MayAnswer() bool { return b.Me.Role != guitu.RoleAuditor }

// Answers are what an officer can make of a tip.
func (b caseBody) Answers() []guitu.TipAnswer { return guitu.TipAnswers[:] }

// answerTip records what an officer makes of a tip, and leads back to it.
func (c *console) answerTip(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, tipID, err := tipIDs(r)
	if err != nil {
		return err
	}
	if err := c.opts.Alerts.AnswerTip(r.Context(), id, tipID, me.ID, guitu.TipAnswer(r.PostForm.Get("answer"))); err != nil {
		return err
	}
	http.Redirect(w, r, alertPath(id)+"#tip-"+strconv.FormatInt(tipID, 10), http.StatusSeeOther)
	return nil
}

// tipPhoto shows the photo of a tip, as an alert's own photos are shown.
func (c *console) tipPhoto(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, tipID, err := tipIDs(r)
	if err != nil {
		return err
	}
	body, err := c.opts.Alerts.TipPhoto(r.Context(), id, tipID, me.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, err = w.Write(body)
	return err
}

func tipIDs(r *http.Request) (alertID, tipID int64, err error) {
	if alertID, err = pathID(r); err != nil {
		return 0, 0, err
	}
	if tipID, err = strconv.ParseInt(r.PathValue("tip"), 10, 64); err != nil {
		return 0, 0, guitu.Errorf(guitu.NotFound, "没有这条线索。")
	}
	return alertID, tipID, nil
}
