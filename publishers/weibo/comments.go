package weibo

import (
	"context"
	"errors"
	"strings"

	"guitu"
	"guitu/publishers"
)

// commentLimits are those of a comment (open.weibo.com/wiki/2/comments/create).
var commentLimits = publishers.Limits{Text: 140, Count: publishers.Hanzi}

// Comments answers where a rumor lives: a debunk, a notice that a child is found, and what corrects them, as comments under the
// posts on Weibo that told the story. The account's application needs the right to comment, which is given on request.
type Comments struct {
	p      *Publisher
	postID func(address string) (id string, ok bool)
}

var (
	_ guitu.Publisher = (*Comments)(nil)
	_ guitu.Puller    = (*Comments)(nil)
	_ guitu.Prober    = (*Comments)(nil)
)

// NewComments returns the comments of an account. postID tells the number of a post on Weibo from its address; ok is false for an
// address that leads elsewhere. Options.Name is "weibo_comments" when it is empty.
func NewComments(token string, postID func(address string) (id string, ok bool), o Options) (*Comments, error) {
	if o.Name == "" {
		o.Name = "weibo_comments"
	}
	p, err := New(token, o)
	if err != nil {
		return nil, err
	}
	return &Comments{p: p, postID: postID}, nil
}

// Name returns "weibo_comments", or the name from the configuration.
func (c *Comments) Name() string { return c.p.Name() }

// Publish comments under each post of the notice's sources that is one of Weibo's. The receipt names those comments that were
// made: what was refused under one post, because it is gone or takes no comments, holds up no other. It is ErrRejected when there
// is no such post, or none took it.
func (c *Comments) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	l := commentLimits
	l.Count = c.p.count().Count
	text := strings.ReplaceAll(publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, l), "#", "＃")
	var made []string
	var r guitu.Receipt
	refusal := c.p.rest.Errorf(guitu.ErrRejected, "no post on Weibo tells this story")
	for _, source := range pub.Notice.Sources {
		post, ok := c.postID(source)
		if !ok {
			continue
		}
		var comment struct {
			ID string `json:"idstr"`
		}
		err := c.p.do(ctx, form(c.p.o.API+"/2/comments/create.json",
			map[string]string{"access_token": c.p.token, "id": post, "comment": text}), &comment)
		switch {
		case err == nil && comment.ID != "":
			made = append(made, comment.ID)
			if r.URL == "" {
				r.URL = source
			}
		case len(made) > 0:
			// The rest stays unsaid: saying it again would say it twice under the first post.
			return c.receipt(r, made), nil
		case err == nil:
			return r, c.p.rest.Errorf(guitu.ErrUnknown, "the answer has no comment")
		case errors.Is(err, guitu.ErrRejected):
			refusal = err
		default:
			return r, err
		}
	}
	if len(made) == 0 {
		return r, refusal
	}
	return c.receipt(r, made), nil
}

func (c *Comments) receipt(r guitu.Receipt, made []string) guitu.Receipt {
	r.ExternalID = strings.Join(made, ",")
	return r
}

// Pull deletes the comments.
func (c *Comments) Pull(ctx context.Context, pub guitu.Publication) error {
	for id := range strings.SplitSeq(pub.Receipt.ExternalID, ",") {
		err := c.p.do(ctx, form(c.p.o.API+"/2/comments/destroy.json", map[string]string{"access_token": c.p.token, "cid": id}), &status{})
		if err != nil && !errors.Is(err, errGone) {
			return err
		}
	}
	return nil
}

// Probe is that of the account.
func (c *Comments) Probe(ctx context.Context) (guitu.Account, error) {
	a, err := c.p.Probe(ctx)
	a.May = []string{"comment", "delete"}
	return a, err
}
