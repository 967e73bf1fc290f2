package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxConfig is the largest configuration file in bytes; a larger one is some other file.
const maxConfig = 1 << 20

// problem is something that is wrong with the configuration, or, as a warning, that may be meant otherwise.
type problem struct {
	File    string // "" when the matter stands in no file
	Line    int    // 1 is the first; 0 when the key is missing from the file
	Column  int
	Key     string // as people write it: telegram.token_file, sources[1].name
	Message string
}

// warning is a problem that does not keep the bot from running.
type warning = problem

// String returns the problem on one line, where an editor finds it.
func (p problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		b.WriteString(": ")
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	return b.String() + p.Message
}

// problems is all that is wrong, as an error.
type problems []problem

// Error returns one line for each problem.
func (p problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// document is a configuration file with the places of its keys. The zero document is no file.
type document struct {
	path string
	text []byte
	tree *ast.File
}

// readDocument reads a file and its YAML syntax. A second document in the file is refused, as nobody would read it.
func readDocument(path string) (document, error) {
	text, err := readLimited(path, maxConfig)
	if err != nil {
		return document{}, err
	}
	d := document{path: path, text: text}
	if !utf8.Valid(text) {
		return document{}, problems{{File: path, Message: "not UTF-8 text"}}
	}
	if d.tree, err = parse(text); err != nil {
		return document{}, d.explain(err)
	}
	docs := 0
	for _, doc := range d.tree.Docs {
		if doc.Body == nil {
			continue
		}
		if docs++; docs > 1 {
			p := place(doc.Body)
			return document{}, problems{{File: path, Line: p.Line, Column: p.Column, Message: "a second YAML document; put everything into one"}}
		}
	}
	return d, nil
}

// readLimited reads a file of at most limit bytes.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: larger than %d bytes", path, limit)
	}
	return b, nil
}

// parse reads YAML syntax. The parser is not proof against every input, and its panic must not look like ours.
func parse(text []byte) (tree *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not YAML: %v", r)
		}
	}()
	return parser.ParseBytes(text, 0)
}

// decode lays the document over c. Unknown keys, keys given twice and values of the wrong type are refused.
func (d document) decode(c *Config) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = problems{{File: d.path, Message: fmt.Sprintf("not a configuration: %v", r)}}
		}
	}()
	for _, doc := range d.tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		if err := yaml.NewDecoder(strings.NewReader(""), yaml.Strict()).DecodeFromNode(doc.Body, c); err != nil {
			return d.explain(err)
		}
	}
	return nil
}

// explain turns an error of the YAML library into a problem at its place. It drops the library's excerpt of the file, which
// could show a password.
func (d document) explain(err error) problems {
	p := problem{File: d.path, Message: err.Error()}
	var at yaml.Error
	if !errors.As(err, &at) {
		return problems{p}
	}
	p.Message = at.GetMessage()
	if tk := at.GetToken(); tk != nil && tk.Position != nil {
		p.Line, p.Column = tk.Position.Line, tk.Position.Column
		p.Key = d.keyAt(tk)
	}
	var (
		mismatch *yaml.TypeError
		shape    *yaml.UnexpectedNodeTypeError
		unknown  *yaml.UnknownFieldError
		overflow *yaml.OverflowError
	)
	switch {
	case errors.As(err, &unknown):
		p.Message = "unknown key"
	case errors.As(err, &mismatch):
		p.Message = "want " + typeName(mismatch.DstType)
	case errors.As(err, &overflow):
		p.Message = "want " + typeName(overflow.DstType) + " of ordinary size"
	case errors.As(err, &shape):
		p.Message = strings.ToLower(fmt.Sprintf("want a %s, got a %s", shape.Expected, shape.Actual))
	}
	return problems{p}
}

// duration is a time.Duration that reads text such as 90s, 5m or 2h, and nothing else.
type duration time.Duration

// String returns the duration as it is written, in the shortest way: 5m, not 5m0s.
func (d duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// UnmarshalYAML reads the text of a scalar.
func (d *duration) UnmarshalYAML(n ast.Node) error {
	if n.Type() == ast.NullType {
		return nil
	}
	if text, ok := n.(*ast.StringNode); ok {
		if parsed, err := time.ParseDuration(text.Value); err == nil {
			*d = duration(parsed)
			return nil
		}
	}
	return &yaml.SyntaxError{Message: "want a duration such as 90s, 5m or 2h", Token: n.GetToken()}
}

// typeName says what a key of type t wants.
func typeName(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Map:
		return "keys with values"
	}
	return "text"
}

// keyAt returns the key whose name or value begins at a token.
func (d document) keyAt(tk *token.Token) string {
	if d.tree == nil {
		return ""
	}
	f := finder{at: *tk.Position}
	for _, doc := range d.tree.Docs {
		if doc.Body != nil {
			ast.Walk(&f, doc.Body)
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(f.path, "$"), ".")
}

// finder looks for the innermost node at a position.
type finder struct {
	at   token.Position
	path string
}

// Visit implements ast.Visitor.
func (f *finder) Visit(n ast.Node) ast.Visitor {
	if tk := n.GetToken(); tk != nil && tk.Position != nil && tk.Position.Line == f.at.Line && tk.Position.Column == f.at.Column {
		f.path = n.GetPath()
	}
	return f
}

// node returns the value of a key, nil when the file does not have it. Steps are names, or indexes of lists.
func (d document) node(key ...any) ast.Node {
	if d.tree == nil {
		return nil
	}
	for _, doc := range d.tree.Docs {
		n := doc.Body
		for _, step := range key {
			n = child(n, step)
		}
		if n != nil {
			return n
		}
	}
	return nil
}

// child returns the value under one step of a key, nil when there is none.
func child(n ast.Node, step any) ast.Node {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			if v.Key.String() == step {
				return v.Value
			}
		}
	case *ast.MappingValueNode:
		if n.Key.String() == step {
			return n.Value
		}
	case *ast.SequenceNode:
		if i, ok := step.(int); ok && i < len(n.Values) {
			return n.Values[i]
		}
	case *ast.AnchorNode:
		return child(n.Value, step)
	}
	return nil
}

// has reports whether the file sets a key.
func (d document) has(key ...any) bool {
	n := d.node(key...)
	return n != nil && n.Type() != ast.NullType
}

// problem makes a problem with a key, at its place in the file or, when it is missing there, at the nearest key above it.
func (d document) problem(key []any, format string, args ...any) problem {
	p := problem{File: d.path, Key: keyName(key), Message: fmt.Sprintf(format, args...)}
	for i := len(key); i > 0; i-- {
		if n := d.node(key[:i]...); n != nil && n.GetToken() != nil {
			at := place(n)
			p.Line, p.Column = at.Line, at.Column
			break
		}
	}
	return p
}

// place returns where a node begins. The token of a mapping is its first colon.
func place(n ast.Node) *token.Position {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	return n.GetToken().Position
}

// keyName writes a key as people do.
func keyName(key []any) string {
	var b strings.Builder
	for _, step := range key {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}
