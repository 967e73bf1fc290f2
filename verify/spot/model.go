package spot

import (
	_ "embed" // the model
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
)

// Head is a question that the learned part answers.
type Head int

// The heads. Each has a table of weights of its own.
const (
	Missing Head = iota // is the post about a missing person, or about snatching?
	Scare               // of those: does it warn, rather than look for one person?
	Grown               // of those: is the missing person grown up?
	False               // of the others: does it say that such a story is false?
	Ended               // of the others: does it say that a case has ended?
	Heads
)

// The tables hold so many weights. What only divides the few posts that are left gets by with a small one.
const (
	buckets      = 1 << 18
	smallBuckets = 1 << 16
)

// Size returns the number of weights of a head; a feature's weight is at its bucket modulo Size.
func (h Head) Size() int {
	if h == Missing {
		return buckets
	}
	return smallBuckets
}

// Table is what one head has learned.
type Table struct {
	Weights []int16 // one for each bucket
	Scale   float32 // what a weight of one stands for
	Base    float32 // logit of a post without features
}

// Model is the learned part, with how it is joined to the rules. It holds numbers only: a feature is known by its bucket, which
// it shares with countless others, so that no word of the posts can be read back. It is not changed once made.
type Model struct {
	Tables [Heads]Table
	// The logit of a post is Share times what the learned part says, plus Rules times the sum of the rules' weights (held within
	// ±mostRules), plus Shift.
	Share, Rules, Shift float32
}

// mostRules bounds what the rules can say.
const mostRules = 6.0

const magic = "guitu/verify/spot 3\n"

// AppendBinary appends the model as ReadModel reads it.
func (m *Model) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, magic...)
	for _, f := range []float32{m.Share, m.Rules, m.Shift} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	for h, t := range m.Tables {
		if len(t.Weights) != Head(h).Size() {
			return nil, fmt.Errorf("head %d has %d weights", h, len(t.Weights))
		}
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.Scale))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.Base))
		for _, w := range t.Weights {
			b = binary.LittleEndian.AppendUint16(b, uint16(w))
		}
	}
	return b, nil
}

// ReadModel reads what AppendBinary wrote.
func ReadModel(b []byte) (*Model, error) {
	size := len(magic) + 3*4
	for h := range Heads {
		size += 2*4 + 2*h.Size()
	}
	if len(b) != size || string(b[:len(magic)]) != magic {
		return nil, errors.New("not a model of this version of package spot")
	}
	b = b[len(magic):]
	var bad bool
	number := func() float32 {
		f := math.Float32frombits(binary.LittleEndian.Uint32(b))
		b = b[4:]
		bad = bad || math.IsNaN(float64(f)) || math.IsInf(float64(f), 0)
		return f
	}
	m := &Model{Share: number(), Rules: number(), Shift: number()}
	for h := range Heads {
		t := Table{Scale: number(), Base: number(), Weights: make([]int16, h.Size())}
		for i := range t.Weights {
			t.Weights[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
		}
		b = b[2*h.Size():]
		m.Tables[h] = t
	}
	if bad {
		return nil, errors.New("a number of the model is none")
	}
	return m, nil
}

// NewTable rounds weights to the steps of a table.
func NewTable(weights []float64, base float64) Table {
	t := Table{Weights: make([]int16, len(weights)), Base: float32(base)}
	most := 1e-9
	for _, w := range weights {
		most = max(most, math.Abs(w))
	}
	t.Scale = float32(most / math.MaxInt16)
	for i, w := range weights {
		t.Weights[i] = int16(math.Round(w / most * math.MaxInt16))
	}
	return t
}

// Logit returns what a head says of a sketch.
func (t *Table) Logit(s *Sketch) float64 {
	return t.marks(s) + float64(t.Scale)*float64(t.sum(s.Grams))*s.GramValue()
}

// marks returns the part of the logit that the n-grams have no part in.
func (t *Table) marks(s *Sketch) float64 {
	return float64(t.Base) + float64(t.Scale)*float64(t.sum(s.Marks))
}

func (t *Table) sum(features []uint32) int {
	mask := uint32(len(t.Weights) - 1)
	sum := 0
	for _, f := range features {
		sum += int(t.Weights[f&mask])
	}
	return sum
}

// Logit returns what rules and learned part say together of whether the post is about a missing person.
func (m *Model) Logit(s *Sketch) float64 { return m.joined(m.Tables[Missing].Logit(s), s.Rules) }

func (m *Model) joined(learned, rules float64) float64 {
	return float64(m.Share)*learned + float64(m.Rules)*Held(rules) + float64(m.Shift)
}

// Held returns the sum of the rules within ±mostRules.
func Held(rules float64) float64 { return max(-mostRules, min(mostRules, rules)) }

// The weights are made by package learn from GUITU_DATA: see MODEL.md.
//
//go:generate go run ./train

//go:embed model.bin
var file []byte

// embedded is the model that Spot uses.
var embedded = sync.OnceValue(func() *Model {
	m, err := ReadModel(file)
	if err != nil {
		panic("spot: read the embedded model: " + err.Error())
	}
	return m
})
