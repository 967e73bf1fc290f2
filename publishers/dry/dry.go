// Package dry writes what would be published into a folder, to look at. It stands in for a channel and calls nobody.
package dry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"guitu"
	"guitu/publishers"
)

// Publisher stands in for a channel: it has its name, and can change and take down what that can.
type Publisher struct {
	of  guitu.Publisher
	dir string
}

var (
	_ guitu.Finder    = (*Publisher)(nil)
	_ guitu.Editor    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
)

// local stands in for a channel that reaches people by where they are.
type local struct{ *Publisher }

// Local is a mark.
func (local) Local() {}

// unfit are the characters that a folder's name had better not have.
var unfit = regexp.MustCompile(`[^\p{L}\p{N}._-]+`)

// New returns what stands in for a channel and writes into a folder of its own under dir. What it writes can show children: nobody
// else may read it.
func New(of guitu.Publisher, dir string) (guitu.Publisher, error) {
	p := &Publisher{of: of, dir: filepath.Join(dir, unfit.ReplaceAllString(of.Name(), "_"))}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, fmt.Errorf("dry run of %s: %w", of.Name(), err)
	}
	if _, ok := of.(guitu.Local); ok {
		return local{p}, nil
	}
	return p, nil
}

// Name returns the channel's name.
func (p *Publisher) Name() string { return p.of.Name() }

// Preview returns the text and the pictures as the channel would have them.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	if v, ok := p.of.(guitu.Previewer); ok {
		return v.Preview(pub)
	}
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, publishers.Limits{Text: 1 << 20}), pub.Pictures
}

// Publish writes KEY.txt, and each picture beside it. The same key again writes the same.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return guitu.Receipt{}, err
	}
	return guitu.Receipt{ExternalID: pub.Key}, p.write(pub.Key, "", pub)
}

// Find looks whether the text is there.
func (p *Publisher) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	_, err := os.Stat(filepath.Join(p.dir, pub.Key+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return guitu.Receipt{}, false, ctx.Err()
	}
	return guitu.Receipt{ExternalID: pub.Key}, err == nil, err
}

// Edit writes KEY.edited.txt and its pictures, where the channel can edit.
func (p *Publisher) Edit(ctx context.Context, pub guitu.Publication) error {
	if _, ok := p.of.(guitu.Editor); !ok {
		return fmt.Errorf("dry run: %w: %s can't edit", guitu.ErrRejected, p.Name())
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.write(pub.Receipt.ExternalID, ".edited", pub)
}

// Pull writes KEY.pulled.txt, where the channel can take down.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	if _, ok := p.of.(guitu.Puller); !ok {
		return fmt.Errorf("dry run: %w: %s takes nothing down", guitu.ErrRejected, p.Name())
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.dir, pub.Receipt.ExternalID+".pulled.txt"), []byte(pub.Notice.Code+"\n"), 0o600)
}

// write writes a text and its pictures; what they show stands under the text.
func (p *Publisher) write(key, what string, pub guitu.Publication) error {
	var b strings.Builder
	text, pictures := p.Preview(pub)
	b.WriteString(text + "\n")
	if pub.ReplyTo.ExternalID != "" {
		b.WriteString("\n[answers " + pub.ReplyTo.ExternalID + "]\n")
	}
	for i, picture := range pictures {
		name := fmt.Sprintf("%s%s-%d%s", key, what, i+1, filepath.Ext(filepath.Base(picture.Name)))
		fmt.Fprintf(&b, "\n[picture %s, %d x %d: %s]\n", name, picture.Width, picture.Height, picture.Alt[guitu.Chinese])
		if len(picture.Bytes) == 0 {
			fmt.Fprintf(&b, "[shown from %s]\n", picture.URL)
			continue
		}
		if err := os.WriteFile(filepath.Join(p.dir, name), picture.Bytes, 0o600); err != nil {
			return fmt.Errorf("dry run of %s: %w", p.Name(), err)
		}
	}
	// The text comes last: where it is, all is.
	if err := os.WriteFile(filepath.Join(p.dir, key+what+".txt"), []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("dry run of %s: %w", p.Name(), err)
	}
	return nil
}
