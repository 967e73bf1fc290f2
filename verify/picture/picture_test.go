package picture_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"testing"

	"guitu/verify/picture"
)

// draw makes a picture of some circles; the same seed draws the same, whatever the size.
func draw(seed uint64, width, height int) image.Image {
	r := rand.New(rand.NewPCG(seed, 1))
	type circle struct {
		x, y, radius float64
		c            color.RGBA
	}
	circles := make([]circle, 12)
	for i := range circles {
		circles[i] = circle{r.Float64(), r.Float64(), 0.05 + r.Float64()/4, color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}}
	}
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{200, 210, 220, 255}
			for _, o := range circles {
				dx, dy := float64(x)/float64(width)-o.x, float64(y)/float64(height)-o.y
				if dx*dx+dy*dy < o.radius*o.radius {
					c = o.c
				}
			}
			p.SetRGBA(x, y, c)
		}
	}
	return p
}

func asJPEG(t *testing.T, p image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// apart returns in how many bits two hashes differ.
func apart(t *testing.T, a, b string) int {
	t.Helper()
	x, err := strconv.ParseUint(a, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	y, err := strconv.ParseUint(b, 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return bits.OnesCount64(x ^ y)
}

func TestHashKnowsCopies(t *testing.T) {
	var all []string
	for seed := range uint64(8) {
		h, err := picture.Hash(asPNG(t, draw(seed, 300, 400)))
		if err != nil || len(h) != 16 {
			t.Fatalf("hash %q, %v", h, err)
		}
		for name, body := range map[string][]byte{
			"compressed": asJPEG(t, draw(seed, 300, 400), 40),
			"scaled":     asJPEG(t, draw(seed, 900, 1200), 80),
		} {
			copied, err := picture.Hash(body)
			if err != nil || apart(t, h, copied) > 6 {
				t.Errorf("%s copy of %d: %q and %q, %v; want at most 6 bits apart", name, seed, h, copied, err)
			}
		}
		for _, other := range all {
			if n := apart(t, h, other); n <= 12 {
				t.Errorf("two pictures are %d bits apart, want more than 12", n)
			}
		}
		all = append(all, h)
	}
}

func TestHashRefuses(t *testing.T) {
	var small bytes.Buffer
	// The frame is smaller than the screen that the header states.
	frame := image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.Black, color.White})
	err := gif.EncodeAll(&small, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 500, Height: 500}})
	if err != nil {
		t.Fatal(err)
	}
	huge := bytes.Clone(asPNG(t, draw(1, 100, 100)))
	copy(huge[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 by 65536
	for name, body := range map[string][]byte{
		"empty": nil, "text": []byte("<html>"), "icon": asPNG(t, draw(1, 63, 200)), "blank": asPNG(t, image.NewRGBA(image.Rect(0, 0, 200, 200))),
		"cut off": asPNG(t, draw(1, 200, 200))[:200], "huge": huge, "frame": small.Bytes(),
		"too many pixels": asPNG(t, image.NewGray(image.Rect(0, 0, 4097, 4096))),
	} {
		if h, err := picture.Hash(body); !errors.Is(err, picture.ErrNoPicture) {
			t.Errorf("%s: %q, %v; want ErrNoPicture", name, h, err)
		}
	}
}

func FuzzHash(f *testing.F) {
	f.Add(asPNG(f, draw(1, 64, 64)))
	var g bytes.Buffer
	if err := gif.Encode(&g, draw(2, 64, 70), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(g.Bytes())
	var j bytes.Buffer
	if err := jpeg.Encode(&j, draw(3, 70, 64), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(j.Bytes())
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := picture.Hash(body)
		if (err == nil) != (len(h) == 16) {
			t.Errorf("hash %q, %v", h, err)
		}
	})
}
