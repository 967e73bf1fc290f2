package photo_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"guitu"
	"guitu/verify/photo"
	"guitu/verify/picture"
)

// draw makes a picture of circles; the same seed draws the same, whatever the size.
func draw(seed uint64, width, height int) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range p.Pix {
		p.Pix[i] = 220
	}
	for range 14 {
		cx, cy, radius := r.Float64()*float64(width), r.Float64()*float64(height), (0.05+r.Float64()/4)*float64(width)
		c := color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}
		for y := max(0, int(cy-radius)); y < min(height, int(cy+radius)); y++ {
			for x := max(0, int(cx-radius)); x < min(width, int(cx+radius)); x++ {
				if dx, dy := float64(x)-cx, float64(y)-cy; dx*dx+dy*dy < radius*radius {
					p.SetRGBA(x, y, c)
				}
			}
		}
	}
	return p
}

func asJPEG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 92}); err != nil {
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

// secret stands in all metadata that the tests make.
const secret = "GPS 35.05N 118.34E"

// exif is a TIFF file that states an orientation, with the secret behind it.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][2]uint16{{0x010f, 2}, {0x0112, 3}} {
		b = order.AppendUint16(b, e[0])
		b = order.AppendUint16(b, e[1])
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, orientation)
		b = order.AppendUint16(b, 0)
	}
	return append(b, "\x00\x00\x00\x00"+secret...)
}

// withExif puts metadata into an encoded JPEG, PNG or WebP.
func withExif(body, tiff []byte) []byte {
	switch body[0] {
	case 0xff:
		app := append([]byte("Exif\x00\x00"), tiff...)
		head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(app)+2))
		return append(append(head, app...), body[2:]...)
	case 'R':
		b := append(bytes.Clone(body), "odd \x03\x00\x00\x00xyz\x00EXIF"...)
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(tiff))), tiff...)
		binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
		return b
	}
	chunk := append([]byte("eXIf"), tiff...)
	sum := crc32.ChecksumIEEE(chunk)
	b := binary.BigEndian.AppendUint32(bytes.Clone(body[:33]), uint32(len(tiff))) // behind IHDR
	b = binary.BigEndian.AppendUint32(append(b, chunk...), sum)
	return append(b, body[33:]...)
}

// apart returns in how many bits two perceptual hashes differ.
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

// drawnWebP is a lossy WebP of circles on grey, 96 by 80.
const drawnWebP = "UklGRoYEAABXRUJQVlA4WAoAAAAgAAAAXwAATwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggmAIAALASAJ0BKmAAUAA+9WyrUCqmpCK5lqqpUB6JagDGPfVcPooT6hiwpdTlylh2eQDmnPA6VrKZBXF8KSSkHp+TySKIM0vrI3mMyNHNPN94NVwSFzRjN97R4Kz7otxsdzj6RjSeRuH/FA8/O2m8u6tFLjjPd/yAIiNbbAtNR5CId2QzLuYPnt0ym0loLX6Q2TFefWEtNy1s2T+lc/QVE7cAAP7nFjyd5qb1erzV/Qcmdb08l++hMeDcZ/YacfFvT6cFOk+dOm9SI8BsH1B3e22PzEBI37puyhPs5LaZZHgr7CKDsX7ZJiTLanl/l44nAY5Sh+guwJGjStl2/VbeOhVOMwKy5wjfGOIzA7PcqBBqKbdAdHF7GUs4tL05uFCTvk7YVsAV88vhwyy0BNK/HLg9zFDmOUL2uwpoY2UcG3JiV57lwk+d3rpFf1R9U1acbjQuDlgb4FIpoMZRwE0rZLa1Z2WpzpfEyK7e29LLbXuaMBIvf5Bhlwg45kXiWmzxyCeAMrtJWCb84B+PgPgGhUHj6f+f0X/mHo/tibSGZu2/tQJXZ9lc0dh+GDhMZlihG7OkCg29GvIRLgRJp07H3Zew+1HugENZz3xM83mnnevYWxPFi0bRQY54Y/IdaPSBKwjBZ93xq9lHN0vqGCNRzkVV6p5Flgl5IveTvUf2sHofRF7PBoyt8nOhFUzumGE5RibZASZLxQL1F7ae27PwlDjWbyiA0M7CQ4uWGFfWB60BG2zpPyvnEY4AYtYv5N+Yb0ZVfG4TYkSvZ9U8lZiN1ONg4ywB0wdHUlosFHEi+sy5jxCYkwAKOxcKSkoYNNzMbGHrmp15J8cz40Eh1YP6xgz4gLUoxb0zVR6HM2qYC014bZH6kCpHcA/FAAA="

func webpBody(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(drawnWebP)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestClean(t *testing.T) {
	jpg, drawn := asJPEG(t, draw(1, 2400, 3200)), asPNG(t, draw(1, 300, 400))
	for name, tt := range map[string]struct {
		body          []byte
		width, height int
	}{
		"a large JPEG":  {withExif(jpg, exif(binary.BigEndian, 1)), 1200, 1600},
		"a small PNG":   {withExif(drawn, exif(binary.LittleEndian, 1)), 300, 400},
		"a turned WebP": {withExif(webpBody(t), exif(binary.LittleEndian, 6)), 80, 96},
		"turned right":  {withExif(jpg, exif(binary.BigEndian, 6)), 1600, 1200},
		"a turned PNG":  {withExif(drawn, exif(binary.LittleEndian, 8)), 400, 300},
	} {
		t.Run(name, func(t *testing.T) {
			if !bytes.Contains(tt.body, []byte(secret)) {
				t.Fatal("the test's own metadata is missing")
			}
			p, clean, err := photo.Clean(tt.body)
			if err != nil {
				t.Fatal(err)
			}
			c, err := jpeg.DecodeConfig(bytes.NewReader(clean))
			if err != nil || c.Width != tt.width || c.Height != tt.height || p.Width != tt.width || p.Height != tt.height {
				t.Errorf("%d by %d, said to be %d by %d, %v; want %d by %d", c.Width, c.Height, p.Width, p.Height, err, tt.width, tt.height)
			}
			for _, trace := range []string{secret, "Exif", "eXIf", "EXIF", "ICC_PROFILE"} {
				if bytes.Contains(clean, []byte(trace)) {
					t.Errorf("%q is left of the metadata", trace)
				}
			}
			if p.Type != "image/jpeg" || len(p.Digest) != 64 || len(p.Hash) != 16 {
				t.Errorf("got %+v", p)
			}
			again, same, err := photo.Clean(tt.body)
			if err != nil || again != p || !bytes.Equal(same, clean) {
				t.Errorf("the same picture gave %+v, then %+v, %v", p, again, err)
			}
		})
	}
}

// TestCleanKnowsCopies shows that the hash is that of posts' pictures, by which copies are known.
func TestCleanKnowsCopies(t *testing.T) {
	p, _, err := photo.Clean(asJPEG(t, draw(3, 2000, 3000)))
	if err != nil {
		t.Fatal(err)
	}
	post, err := picture.Hash(asJPEG(t, draw(3, 400, 600)))
	if err != nil || apart(t, p.Hash, post) > 6 {
		t.Errorf("hashes %s and %s, %v; want at most 6 bits apart", p.Hash, post, err)
	}
}

// TestCleanTurnsUpright puts red into the stored top left and green into the stored top right corner. Where they belong is from
// the table of Exif 2.3, tag 274: 0th row and 0th column.
func TestCleanTurnsUpright(t *testing.T) {
	corners := map[string]func(w, h int) (x, y int){
		"TL": func(int, int) (int, int) { return 10, 10 }, "TR": func(w, _ int) (int, int) { return w - 11, 10 },
		"BL": func(_, h int) (int, int) { return 10, h - 11 }, "BR": func(w, h int) (int, int) { return w - 11, h - 11 },
	}
	want := [9][2]string{{}, {"TL", "TR"}, {"TR", "TL"}, {"BR", "BL"}, {"BL", "BR"}, {"TL", "BL"}, {"TR", "BR"}, {"BR", "TR"}, {"BL", "TL"}}
	for o := 1; o <= 8; o++ {
		p := draw(7, 200, 120)
		for y := range 30 {
			for x := range 30 {
				p.SetRGBA(x, y, color.RGBA{255, 0, 0, 255})
				p.SetRGBA(199-x, y, color.RGBA{0, 255, 0, 255})
			}
		}
		_, clean, err := photo.Clean(withExif(asJPEG(t, p), exif(binary.LittleEndian, uint16(o))))
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.Decode(bytes.NewReader(clean))
		if err != nil {
			t.Fatal(err)
		}
		w, h := got.Bounds().Dx(), got.Bounds().Dy()
		x, y := corners[want[o][0]](w, h)
		if r, g, _, _ := got.At(x, y).RGBA(); r>>8 < 200 || g>>8 > 60 {
			t.Errorf("orientation %d: no red in %s", o, want[o][0])
		}
		x, y = corners[want[o][1]](w, h)
		if r, g, _, _ := got.At(x, y).RGBA(); g>>8 < 200 || r>>8 > 60 {
			t.Errorf("orientation %d: no green in %s", o, want[o][1])
		}
	}
}

// TestCleanPutsWhiteBehind what is transparent.
func TestCleanPutsWhiteBehind(t *testing.T) {
	p := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 200 {
			p.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(y), 90, uint8(255 * (x / 100))})
		}
	}
	_, clean, err := photo.Clean(asPNG(t, p))
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := got.At(20, 100).RGBA(); r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Errorf("behind a transparent pixel: %v, want white", got.At(20, 100))
	}
}

// bomb is a small file whose header states a huge picture.
func bomb(t *testing.T, body []byte, at int, size []byte) []byte {
	t.Helper()
	b := bytes.Clone(body)
	copy(b[at:], size)
	if b[0] == 0x89 {
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	}
	return b
}

func TestCleanRefuses(t *testing.T) {
	jpg, drawn := asJPEG(t, draw(1, 100, 100)), asPNG(t, draw(1, 100, 100))
	sof := bytes.Index(jpg, []byte{0xff, 0xc0})
	progressive := bomb(t, jpg, sof+1, []byte{0xc2})
	hidden := bytes.Clone(progressive) // what the scan can't follow
	hidden = append([]byte{0xff, 0xd8, 0xff, 0xe2, 0, 2, 'x'}, hidden[2:]...)
	for name, tt := range map[string]struct {
		body []byte
		says string
	}{
		"nothing":           {nil, "只接受"},
		"a page":            {[]byte("<html>"), "只接受"},
		"a GIF":             {[]byte("GIF89a\x01\x00\x01\x00"), "只接受"},
		"HEIC":              {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "HEIC"},
		"a heavy file":      {append(bytes.Clone(jpg), make([]byte, photo.MaxBytes)...), "15 MB"},
		"a PNG bomb":        {bomb(t, drawn, 16, []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60}), "60000×60000"},
		"a JPEG bomb":       {bomb(t, jpg, sof+5, []byte{0xff, 0, 0xff, 0}), "65280×65280"},
		"over the limit":    {bomb(t, jpg, sof+5, []byte{0x1b, 0xa0, 0x1b, 0xa0}), "7072×7072"},
		"many coefficients": {bomb(t, progressive, sof+5, []byte{0x10, 0, 0x10, 0}), "4096×4096"},
		"hidden ones":       {bomb(t, hidden, bytes.Index(hidden, []byte{0xff, 0xc2})+5, []byte{0x10, 0, 0x10, 0}), "4096×4096"},
		"sixteen bits":      {bomb(t, bomb(t, drawn, 16, []byte{0, 0, 0x14, 0, 0, 0, 0x14, 0}), 24, []byte{16}), "5120×5120"},
		"cut off":           {jpg[:len(jpg)/2], "已损坏"},
		"an icon":           {asPNG(t, draw(1, 40, 40)), "太小"},
		"a blank":           {asPNG(t, image.NewRGBA(image.Rect(0, 0, 300, 300))), "没有内容"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, clean, err := photo.Clean(tt.body)
			runtime.ReadMemStats(&after)
			if guitu.KindOf(err) != guitu.Invalid || !strings.Contains(guitu.Message(err), tt.says) || clean != nil {
				t.Errorf("got %v, want it to say %q", err, tt.says)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
				t.Errorf("took %d bytes to refuse", took)
			}
		})
	}
}

func TestBlur(t *testing.T) {
	for seed := range uint64(6) {
		p, clean, err := photo.Clean(asJPEG(t, draw(seed, 900, 1200)))
		if err != nil {
			t.Fatal(err)
		}
		blurred, err := photo.Blur(clean)
		if err != nil {
			t.Fatal(err)
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(blurred))
		if err != nil || c.Width != p.Width || c.Height != p.Height {
			t.Errorf("%d by %d, %v; want the size of before", c.Width, c.Height, err)
		}
		// Colours of a few areas give a hash of little but chance; copies of one picture are 6 bits apart at most.
		if hash, err := picture.Hash(blurred); err == nil && apart(t, hash, p.Hash) <= 12 {
			t.Errorf("picture %d is still known, %d bits apart", seed, apart(t, hash, p.Hash))
		}
		again, err := photo.Blur(blurred)
		if err != nil || most(t, blurred, again) > 60 {
			t.Errorf("picture %d: a second blur changed it by up to %d, %v: more than a few areas were left", seed, most(t, blurred, again), err)
		}
	}
}

// most returns by how much the brightness of two pictures differs where they differ most.
func most(t *testing.T, a, b []byte) int {
	t.Helper()
	p, err := jpeg.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	q, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			d := int(color.GrayModel.Convert(p.At(x, y)).(color.Gray).Y) - int(color.GrayModel.Convert(q.At(x, y)).(color.Gray).Y)
			n = max(n, d, -d)
		}
	}
	return n
}

func FuzzClean(f *testing.F) {
	for _, body := range [][]byte{asJPEG(f, draw(1, 70, 64)), asPNG(f, draw(2, 64, 70)), webpBody(f)} {
		f.Add(body)
		f.Add(withExif(body, exif(binary.BigEndian, 6)))
		f.Add(withExif(body, exif(binary.LittleEndian, 3)[:15]))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, clean, err := photo.Clean(body)
		if err != nil {
			if guitu.KindOf(err) != guitu.Invalid || clean != nil {
				t.Fatalf("%v with %d bytes", err, len(clean))
			}
			return
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(clean))
		if err != nil || c.Width != p.Width || c.Height != p.Height || max(c.Width, c.Height) > photo.MaxSide {
			t.Fatalf("%+v, but %d by %d, %v", p, c.Width, c.Height, err)
		}
	})
}

// BenchmarkClean is a photo of a telephone: twelve million pixels. B/op is more than what is held at once.
func BenchmarkClean(b *testing.B) {
	body := asJPEG(b, draw(1, 3000, 4000))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := photo.Clean(body); err != nil {
			b.Fatal(err)
		}
	}
}
