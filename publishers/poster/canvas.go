package poster

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"github.com/skip2/go-qrcode"
	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The colours. Text on each background has a contrast of 4.5 or more (WCAG 2.2, 1.4.3).
var (
	white  = color.RGBA{255, 255, 255, 255}
	black  = color.RGBA{20, 20, 20, 255}
	grey   = color.RGBA{90, 90, 90, 255}
	pale   = color.RGBA{238, 238, 238, 255}
	red    = color.RGBA{190, 10, 30, 255}
	green  = color.RGBA{20, 110, 60, 255}
	blue   = color.RGBA{20, 70, 140, 255}
	slate  = color.RGBA{70, 80, 95, 255}
	yellow = color.RGBA{255, 236, 170, 255}
)

// gap stands where a character is in no font, as printers have it.
const gap = '〓'

// canvas is a picture under work. It is used by one goroutine.
type canvas struct {
	*image.RGBA
	fonts *Fonts
	faces map[cut]font.Face
	ems   map[glyph]float64
	buf   sfnt.Buffer
	gaps  int // characters that are in no font
}

// glyph is a character in one weight.
type glyph struct {
	r    rune
	bold bool
}

// cut is a typeface in one size and weight.
type cut struct {
	face int
	size float64 // pixels
	bold bool
}

func newCanvas(fonts *Fonts, width, height int) *canvas {
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, width, height)), fonts: fonts, faces: map[cut]font.Face{}, ems: map[glyph]float64{}}
	c.fill(c.Bounds(), white)
	return c
}

func (c *canvas) fill(r image.Rectangle, with color.Color) {
	draw.Draw(c, r, image.NewUniform(with), image.Point{}, draw.Src)
}

// encode ends the picture. Speed counts: an alert waits for it.
func (c *canvas) encode() ([]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, c.RGBA); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

// style is how a text looks.
type style struct {
	size  float64 // pixels
	bold  bool
	color color.Color
}

// face returns the font that has a character.
func (c *canvas) face(r rune, s style) font.Face {
	key := cut{max(0, c.fonts.find(&c.buf, r)), s.size, s.bold}
	f, ok := c.faces[key]
	if !ok {
		t := c.fonts.faces[key.face].regular
		if s.bold {
			t = c.fonts.faces[key.face].bold
		}
		var err error
		if f, err = opentype.NewFace(t, &opentype.FaceOptions{Size: s.size, DPI: 72}); err != nil {
			panic(err) // it fails for no font, and errors of reading come later
		}
		c.faces[key] = f
	}
	return f
}

// em is the width of a character in sizes. It is the same in every size, since nothing is fitted to pixels.
func (c *canvas) em(r rune, bold bool) float64 {
	w, ok := c.ems[glyph{r, bold}]
	if !ok {
		const size = 1000
		a, _ := c.face(r, style{size: size, bold: bold}).GlyphAdvance(r)
		w = float64(a) / 64 / size
		c.ems[glyph{r, bold}] = w
	}
	return w
}

// width measures a text on one line.
func (c *canvas) width(text string, s style) float64 {
	w := 0.0
	for _, r := range text {
		w += c.em(r, s.bold)
	}
	return w * s.size
}

// write puts a text on one line that begins at x and stands on baseline y.
func (c *canvas) write(x, y float64, text string, s style) {
	d := font.Drawer{Dst: c, Src: image.NewUniform(s.color), Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}}
	for _, r := range text {
		d.Face = c.face(r, s)
		d.DrawString(string(r))
	}
}

// printable makes a text fit for drawing: one space for every white space but line breaks, nothing for what has no shape, and a gap
// for a character that no font has.
func (c *canvas) printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteRune(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Variation_Selector):
		case c.fonts.find(&c.buf, r) < 0:
			c.gaps++
			b.WriteRune(gap)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// wrap breaks a text into lines of at most width by the rules of Unicode, which know Chinese punctuation. What has no break, such
// as a long address, is broken where it must be.
func (c *canvas) wrap(text string, s style, width float64) []string {
	var lines []string
	line, state := "", -1
	end := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line = ""
	}
	for rest := text; rest != ""; {
		var piece string
		var must bool
		piece, rest, must, state = uniseg.FirstLineSegmentInString(rest, state)
		must = must && strings.HasSuffix(piece, "\n")
		piece = strings.TrimSuffix(piece, "\n")
		if line != "" && c.width(strings.TrimRight(line+piece, " "), s) > width {
			end()
		}
		for _, r := range piece {
			if line != "" && r != ' ' && c.width(line+string(r), s) > width {
				end()
			}
			line += string(r)
		}
		if must {
			end()
		}
	}
	if line != "" || len(lines) == 0 {
		end()
	}
	return lines
}

// leading is the height of a line in sizes.
const leading = 1.35

// para is a paragraph of a block.
type para struct {
	text string
	style
	after float64 // pixels below it
}

// smallest is how small a block may get, as a share of its sizes.
const smallest = 0.62

// block puts paragraphs into a rectangle. They get smaller until they fit; where they do not fit even then, the longest loses lines,
// and ends in an ellipsis.
func (c *canvas) block(r image.Rectangle, all ...para) {
	width, room := float64(r.Dx()), float64(r.Dy())
	for i := range all {
		all[i].text = c.printable(all[i].text)
	}
	scale := 1.0
	lines, height := c.layout(all, width, scale)
	for height > room && scale > smallest {
		scale -= 0.04
		lines, height = c.layout(all, width, scale)
	}
	for height > room {
		long := 0
		for i := range lines {
			if len(lines[i]) > len(lines[long]) {
				long = i
			}
		}
		s := all[long].at(scale)
		n := len(lines[long]) - 1
		if n < 0 {
			break // nothing is left to lose
		}
		if lines[long] = lines[long][:n]; n > 0 {
			lines[long][n-1] = c.shorten(lines[long][n-1], s, width)
		}
		height -= s.size * leading
	}
	y := float64(r.Min.Y)
	for i, p := range all {
		s := p.at(scale)
		for _, line := range lines[i] {
			c.write(float64(r.Min.X), y+s.size*1.05, line, s)
			y += s.size * leading
		}
		y += p.after * scale
	}
}

// at is the style of a paragraph in a block that was made smaller.
func (p para) at(scale float64) style {
	p.size *= scale
	return p.style
}

// layout breaks paragraphs into lines and says how high they are.
func (c *canvas) layout(all []para, width, scale float64) (lines [][]string, height float64) {
	for _, p := range all {
		s := p.at(scale)
		lines = append(lines, c.even(p.text, s, width))
		height += float64(len(lines[len(lines)-1]))*s.size*leading + p.after*scale
	}
	return lines, height
}

// even wraps a text so that no word of one or two characters stands alone on the last line, where as many lines can do without.
func (c *canvas) even(text string, s style, width float64) []string {
	lines := c.wrap(text, s, width)
	if n := len(lines); n < 2 || n > 3 || len([]rune(lines[n-1])) > 3 {
		return lines
	}
	for narrow := width * 0.95; narrow > width/2; narrow -= width / 20 {
		narrower := c.wrap(text, s, narrow)
		if len(narrower) > len(lines) {
			break
		}
		if len([]rune(narrower[len(narrower)-1])) > 3 {
			return narrower
		}
	}
	return lines
}

// shorten ends a line with an ellipsis for which it makes room.
func (c *canvas) shorten(line string, s style, width float64) string {
	runes := []rune(strings.TrimSuffix(line, "…"))
	for len(runes) > 0 && c.width(string(runes)+"…", s) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// line puts a text on one line into a rectangle, as large as it can be, up to the style's size; align is 0 for left, 0.5 for the
// middle, 1 for right.
func (c *canvas) line(r image.Rectangle, align float64, text string, s style) {
	text = c.printable(strings.ReplaceAll(text, "\n", " "))
	s.size = min(s.size, float64(r.Dy())/leading)
	if w := c.width(text, s); w > float64(r.Dx()) {
		s.size *= float64(r.Dx()) / w * 0.995
	}
	x := float64(r.Min.X) + align*(float64(r.Dx())-c.width(text, s))
	c.write(x, float64(r.Min.Y)+float64(r.Dy())/2+s.size*0.37, text, s)
}

// place puts a picture into a rectangle, whole, in its middle.
func (c *canvas) place(r image.Rectangle, p image.Image) {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	scale := min(float64(r.Dx())/float64(w), float64(r.Dy())/float64(h))
	w, h = max(1, int(float64(w)*scale)), max(1, int(float64(h)*scale))
	at := image.Pt(r.Min.X+(r.Dx()-w)/2, r.Min.Y+(r.Dy()-h)/2)
	draw.BiLinear.Scale(c, image.Rectangle{at, at.Add(image.Pt(w, h))}, p, p.Bounds(), draw.Src, nil)
}

// qr puts a QR code of an address into a square, in whole pixels, so that it stays sharp. The white around it is the caller's, four
// modules of it. Medium recovery reads with an eighth of the code damaged, by a fold or a thumb.
func (c *canvas) qr(r image.Rectangle, address string) error {
	q, err := qrcode.New(address, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("make QR code: %w", err)
	}
	q.DisableBorder = true
	modules := q.Bitmap()
	size := max(1, r.Dx()/len(modules))
	off := r.Min.Add(image.Pt(1, 1).Mul((r.Dx() - size*len(modules)) / 2))
	for y := range modules {
		for x, dark := range modules[y] {
			if at := off.Add(image.Pt(x*size, y*size)); dark {
				c.fill(image.Rectangle{at, at.Add(image.Pt(size, size))}, black)
			}
		}
	}
	return nil
}

// stamp writes a word across the whole picture, again and again, so that no part of it passes for the real thing.
func (c *canvas) stamp(word string) {
	ink := image.NewUniform(color.NRGBA{200, 0, 60, 70})
	word = c.printable(word)
	s := style{size: 120, bold: true}
	w := int(c.width(word, s)) + 1
	mark := image.NewAlpha(image.Rect(0, 0, w, 170))
	d := font.Drawer{Dst: mark, Src: image.Opaque, Dot: fixed.P(0, 130)}
	for _, r := range word {
		d.Face = c.face(r, s)
		d.DrawString(string(r))
	}
	// A slope of one half, 27°: each column of the mark is moved up by half of its distance.
	for row, top := 0, -20; top < c.Bounds().Dy()+w/2; row, top = row+1, top+200 {
		for left := 30 - row%3*110; left < c.Bounds().Dx(); left += w + 100 {
			for x := range w {
				at := image.Rect(left+x, top-(left+x)/2, left+x+1, top-(left+x)/2+170)
				draw.DrawMask(c, at, ink, image.Point{}, mark, image.Pt(x, 0), draw.Over)
			}
		}
	}
}
