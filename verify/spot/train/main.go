// Command train makes the learned part of package spot from the labelled posts in GUITU_DATA: model.bin, and MODEL.md, which
// says how good it is. It is run in the package's folder by go generate.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"text/template"

	_ "embed" // the model card

	"guitu/verify/spot/learn"
)

//go:embed card.md
var card string

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run() error {
	dir := os.Getenv("GUITU_DATA")
	if dir == "" {
		return errors.New("GUITU_DATA is not set: it names the folder of labelled posts, which is no part of the project")
	}
	examples, err := learn.Read(os.DirFS(dir))
	if err != nil {
		return err
	}
	model, err := learn.Train(examples).AppendBinary(nil)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = template.Must(template.New("card").Parse(card)).Execute(&b, struct {
		Size   int
		Counts learn.Counts
		Report learn.Report
	}{len(model) / 1024, learn.Count(examples), learn.Evaluate(examples)})
	if err != nil {
		return err
	}
	if err := os.WriteFile("model.bin", model, 0o644); err != nil {
		return err
	}
	return os.WriteFile("MODEL.md", b.Bytes(), 0o644)
}
