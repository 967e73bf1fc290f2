package poster_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io/fs"
	"log/slog"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font/gofont/goregular"

	"guitu"
	"guitu/internal/testenv"
	"guitu/publishers/poster"
	"guitu/verify/picture"
)

var shots = flag.String("shots", "", "folder into which the pictures are written, to look at them")

// reader is what a painter reads, from memory.
type reader struct {
	message guitu.AlertMessage
	photos  []poster.Shot
	reads   int
}

func (r *reader) AlertMessage(context.Context, int64) (guitu.AlertMessage, error) {
	r.reads++
	return r.message, nil
}

func (r *reader) Shown(context.Context, int64) ([]poster.Shot, error) { return r.photos, nil }

// drawn is an invented photo of 900 by 1200: a face of discs.
var drawn = sync.OnceValue(func() []byte {
	const width, height = 900, 1200
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	disc := func(cx, cy, radius float64, c color.RGBA) {
		for y := range height {
			for x := range width {
				dx, dy := float64(x)/width-cx, (float64(y)/height-cy)*height/width
				if dx*dx+dy*dy < radius*radius {
					p.SetRGBA(x, y, c)
				}
			}
		}
	}
	disc(0.5, 0.5, 2, color.RGBA{150, 190, 220, 255})
	disc(0.5, 1.0, 0.42, color.RGBA{200, 60, 60, 255})
	disc(0.5, 0.4, 0.3, color.RGBA{40, 30, 30, 255})
	disc(0.5, 0.45, 0.27, color.RGBA{235, 200, 170, 255})
	disc(0.4, 0.42, 0.03, color.RGBA{20, 20, 20, 255})
	disc(0.6, 0.42, 0.03, color.RGBA{20, 20, 20, 255})
	disc(0.5, 0.55, 0.05, color.RGBA{200, 80, 80, 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
})

var (
	missing = time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC)
	all     = guitu.TierRule{Reach: 500, ShowName: true, ShowPhoto: true}
)

// message is an invented alert that says everything.
func message() guitu.AlertMessage {
	return guitu.AlertMessage{
		ID: 5, AlertID: 3, Cause: guitu.CauseIssue, Tier: guitu.TierLost, Shown: all, Sent: missing.Add(40 * time.Minute), Code: "K7M2QX",
		Facts: guitu.Facts{
			Child: guitu.Child{
				Name: "林小满", Sex: "女", Age: 7, AgeKnown: true, Height: 122, Weight: 23,
				Clothing: "红色连帽外套，蓝色牛仔裤，白色运动鞋", Features: "左眉上有一颗痣，背粉色书包",
			},
			Place: "沂蒙路人民公园东门附近", MissingAt: missing, Circumstances: "放学后独自离开学校，在公园东门与同学分开，之后没有回家。",
			Contact: guitu.Contact{Name: "王警官", Phone: "19900000001"}, Photos: []int64{9},
		},
	}
}

func notice(kind guitu.NoticeKind) guitu.Notice {
	return guitu.Notice{
		ID: 11, Kind: kind, Status: guitu.Actual, Code: "K7M2QX", AlertID: 3, MessageID: 5, Place: "山东省临沂市兰山区",
		MadeAt: missing.Add(40 * time.Minute), Due: missing.Add(40 * time.Minute), Expires: missing.Add(72 * time.Hour),
		Texts: map[string]guitu.Text{guitu.Chinese: {Headline: "寻人"}, guitu.English: {Headline: "Missing child"}},
	}
}

func shot(t testing.TB) poster.Shot {
	t.Helper()
	return poster.Shot{
		Photo: guitu.Photo{ID: 9, AlertID: 3, Token: "t0ken", Type: "image/jpeg", Width: 900, Height: 1200, Digest: "d", Alt: "女孩，短发，穿红色外套"},
		Bytes: drawn(),
	}
}

func fonts(t testing.TB) *poster.Fonts {
	t.Helper()
	f, err := poster.OpenFonts()
	testenv.Met(t, err, "install a font with Chinese characters (Debian: fonts-noto-cjk)")
	return f
}

func painter(t testing.TB, r *reader, now time.Time) *poster.Painter {
	t.Helper()
	return poster.New(r, fonts(t), poster.Options{
		Now:      func() time.Time { return now },
		Link:     func(code string) string { return "https://guitu.example/n/" + code },
		PhotoURL: func(token string) string { return "https://guitu.example/p/" + token },
	})
}

// look writes a picture where a person can look at it.
func look(t testing.TB, name string, p guitu.Picture) {
	t.Helper()
	if *shots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), p.Bytes, 0o600); err != nil {
		t.Fatal(err)
	}
}

// long is an alert with more to say than a poster holds.
func long() guitu.AlertMessage {
	m := message()
	f := &m.Facts
	f.Child.Name = "阿卜杜热伊木江·买买提图尔荪尼亚孜 𫖯㛃"
	f.Child.Clothing = strings.Repeat("红色连帽外套（左胸有 Adidas 图案），里面是白色高领毛衣，蓝色牛仔裤膝盖处有补丁；", 6)
	f.Child.Features = strings.Repeat("左眉上有一颗痣，右手虎口有一道旧伤疤，走路略有外八字，书包上挂一个兔子挂件；", 6)
	f.Place = "山东省临沂市兰山区沂蒙路与金雀山路交叉口向北一百二十米路东的人民公园（原儿童公园）东门外公交站牌附近"
	f.Circumstances = strings.Repeat("放学后独自离开学校，在公园东门与同学分开，之后没有回家。", 20) + strings.Repeat("a", 300)
	f.Contact.Name = "兰山公安分局刑侦大队打击拐卖妇女儿童犯罪中队二十四小时值班台"
	return m
}

// verdictNotice is an invented notice of a verdict.
func verdictNotice(kind guitu.NoticeKind) guitu.Notice {
	n := notice(kind)
	n.ID, n.AlertID, n.MessageID, n.Expires = 21, 0, 0, time.Time{}
	n.Claimed = "山东省临沂市兰山区一名三岁女孩被人抱走"
	n.Texts = map[string]guitu.Text{
		guitu.Chinese: {
			Headline:    "山东省临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实",
			Description: "经警方核查，山东省临沂市兰山区没有发生网传的拐走儿童一事。\n网传信息不实：“山东省临沂市兰山区一名三岁女孩被人抱走”。",
			Instruction: "请不要转发这条不实信息，已经转发的请删除。发现儿童走失或者可疑情况，请立即报警。",
		},
		guitu.English: {Headline: "No such abduction in Lanshan, Linyi: claim is false"},
	}
	return n
}

func TestPictures(t *testing.T) {
	hidden := message()
	hidden.Shown, hidden.Tier = guitu.TierRule{Reach: 100}, guitu.TierRunaway
	expired := message()
	expired.Cause = guitu.CauseExpire
	end := func(kind guitu.NoticeKind) guitu.Notice { n := notice(kind); n.Ended = true; return n }
	corrected := verdictNotice(guitu.NoticeDebunk)
	corrected.CorrectedBy = "ABCDEF"
	seen := map[string]string{}
	for name, tt := range map[string]struct {
		n      guitu.Notice
		m      guitu.AlertMessage
		height int
		photos int
		child  bool
		hash   string // of the picture as it should look, with the font of Debian's fonts-noto-cjk
	}{
		"alert":       {notice(guitu.NoticeAlert), message(), 1440, 1, true, "bf3c61421f724363"},
		"update":      {notice(guitu.NoticeUpdate), message(), 1440, 1, true, "bf3c61421f724363"},
		"long":        {notice(guitu.NoticeAlert), long(), 1440, 1, true, "bf7865601d714333"},
		"hidden":      {notice(guitu.NoticeAlert), hidden, 1440, 0, true, "af60656315701f37"},
		"closed":      {end(guitu.NoticeClosed), guitu.AlertMessage{Cause: guitu.CauseClose}, 1080, 0, false, "af6061504327de3f"},
		"cancelled":   {end(guitu.NoticeCancel), guitu.AlertMessage{Cause: guitu.CauseCancel}, 1080, 0, false, "af6065504427fa3f"},
		"expired":     {end(guitu.NoticeCancel), expired, 1080, 0, false, "af6065504627f83f"},
		"ended since": {end(guitu.NoticeAlert), message(), 1080, 0, false, "af6065504525fa3f"},
		"debunk":      {verdictNotice(guitu.NoticeDebunk), message(), 1080, 0, false, "af444540453dfa3f"},
		"found":       {verdictNotice(guitu.NoticeFound), message(), 1080, 0, false, "af6067404125fe3f"},
		"over":        {verdictNotice(guitu.NoticeOver), message(), 1080, 0, false, "af484d504939f23f"},
		"corrected":   {corrected, message(), 1080, 0, false, "bf6067604435d83f"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &reader{message: tt.m, photos: []poster.Shot{shot(t)}}
			got, err := painter(t, r, missing.Add(time.Hour)).Pictures(t.Context(), tt.n)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1+tt.photos {
				t.Fatalf("%d pictures, want %d", len(got), 1+tt.photos)
			}
			for i, p := range got {
				c, _, err := image.DecodeConfig(bytes.NewReader(p.Bytes))
				if err != nil || c.Width != p.Width || c.Height != p.Height {
					t.Errorf("%s is %d by %d, said to be %d by %d, %v", p.Name, c.Width, c.Height, p.Width, p.Height, err)
				}
				if p.Child != tt.child {
					t.Errorf("%s: Child = %v", p.Name, p.Child)
				}
				for lang, say := range map[string]string{guitu.Chinese: tt.n.Code, guitu.English: "K7M2QX"} {
					if i == 0 && !strings.Contains(p.Alt[lang], say) || p.Alt[lang] == "" {
						t.Errorf("%s: alt text in %s is %q", p.Name, lang, p.Alt[lang])
					}
				}
				if words := p.Alt[guitu.Chinese] + p.Alt[guitu.English]; (!tt.child || !tt.m.Shown.ShowName) && strings.Contains(words, "林小满") {
					t.Errorf("%s tells the name: %s", p.Name, words)
				}
			}
			if p := got[0]; p.Type != "image/png" || p.Width != 1080 || p.Height != tt.height || (p.URL == "https://guitu.example/n/K7M2QX/poster.png") != tt.child || !tt.child && p.URL != "" {
				t.Errorf("%s %s, %d by %d, at %s", p.Name, p.Type, p.Width, p.Height, p.URL)
			}
			if other, ok := seen[string(got[0].Bytes)]; ok {
				t.Errorf("looks the same as %q", other)
			}
			seen[string(got[0].Bytes)] = name
			look(t, name, got[0])
			if hash, err := picture.Hash(got[0].Bytes); err != nil || len(tt.hash) != 16 || apart(t, hash, tt.hash) > 4 {
				t.Errorf("looks like %s, %v; want %s", hash, err, tt.hash)
			}
			if tt.photos > 0 && (got[1].Type != "image/jpeg" || got[1].URL != "https://guitu.example/p/t0ken" || got[1].Alt[guitu.Chinese] != "女孩，短发，穿红色外套") {
				t.Errorf("photo: %s, %s, %v", got[1].Type, got[1].URL, got[1].Alt)
			}
		})
	}
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

func first(t testing.TB, p *poster.Painter, n guitu.Notice) *image.RGBA {
	t.Helper()
	got, err := p.Poster(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(got.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	to := image.NewRGBA(decoded.Bounds())
	draw.Draw(to, to.Bounds(), decoded, image.Point{}, draw.Src)
	return to
}

// TestNothingOverflows looks for ink where none may be: in the margins, and between the parts.
func TestNothingOverflows(t *testing.T) {
	r := &reader{message: long(), photos: []poster.Shot{shot(t)}}
	n := verdictNotice(guitu.NoticeDebunk)
	text := n.Texts[guitu.Chinese]
	text.Description, text.Instruction = strings.Repeat("经警方核查没有发生网传的事情", 60), strings.Repeat("请不要转发。", 80)
	n.Texts, n.Claimed = map[string]guitu.Text{guitu.Chinese: text}, strings.Repeat("网传内容", 90)
	p := painter(t, r, missing.Add(time.Hour))
	for name, tt := range map[string]struct {
		n     guitu.Notice
		clear []image.Rectangle
	}{
		"poster": {notice(guitu.NoticeAlert), []image.Rectangle{
			image.Rect(0, 170, 46, 1070), image.Rect(1030, 170, 1080, 1070), image.Rect(0, 1058, 1080, 1071), image.Rect(508, 172, 538, 770),
			image.Rect(0, 1197, 1080, 1210), image.Rect(0, 1429, 1080, 1440), image.Rect(0, 760, 1080, 776),
		}},
		"card": {n, []image.Rectangle{
			image.Rect(0, 202, 46, 1080), image.Rect(1030, 202, 1080, 1080), image.Rect(0, 820, 1080, 837), image.Rect(0, 1062, 1080, 1080),
		}},
	} {
		drawn := first(t, p, tt.n)
		for _, part := range tt.clear {
			for y := part.Min.Y; y < part.Max.Y; y++ {
				for x := part.Min.X; x < part.Max.X; x++ {
					if c := drawn.RGBAAt(x, y); c.R < 200 {
						t.Fatalf("%s: ink %v at %d, %d, in what must stay clear, %v", name, c, x, y, part)
					}
				}
			}
		}
	}
}

// TestQRCode reads the code's modules back from the picture: they are those of the status page's address.
func TestQRCode(t *testing.T) {
	drawn := first(t, painter(t, &reader{message: message()}, missing.Add(time.Hour)), notice(guitu.NoticeAlert))
	q, err := qrcode.New("https://guitu.example/n/K7M2QX", qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	q.DisableBorder = true
	want := q.Bitmap()
	size := 196 / len(want) // whole pixels a module, in the middle of the square
	off := (196 - size*len(want)) / 2
	for y := range want {
		for x := range want[y] {
			if dark := drawn.RGBAAt(56+off+x*size+size/2, 1220+off+y*size+size/2).R < 128; dark != want[y][x] {
				t.Fatalf("module %d, %d is dark %v, want %v", x, y, dark, want[y][x])
			}
		}
	}
	// Without white around it no camera finds the code: four modules.
	for y := 1220 + off - 4*size; y < 1220+196-off+4*size; y++ {
		for _, x := range []int{56 + off - 4*size, 56 + off - 1, 56 + 196 - off, 56 + 195 - off + 4*size} {
			if c := drawn.RGBAAt(x, y); c.R < 200 {
				t.Fatalf("ink %v at %d, %d beside the code", c, x, y)
			}
		}
	}
}

// TestExerciseIsStamped cuts pictures of an exercise and of the real thing into squares that somebody might cut out: each differs.
func TestExerciseIsStamped(t *testing.T) {
	for _, actual := range []guitu.Notice{notice(guitu.NoticeAlert), verdictNotice(guitu.NoticeDebunk)} {
		p := painter(t, &reader{message: message(), photos: []poster.Shot{shot(t)}}, missing.Add(time.Hour))
		drill := actual
		drill.ID, drill.Status = 99, guitu.Exercise
		// The first paragraph of an exercise says so.
		text := drill.Texts[guitu.Chinese]
		text.Description = "这是一次演练，以下内容均为虚构。\n" + text.Description
		drill.Texts = map[string]guitu.Text{guitu.Chinese: text}
		a, b := first(t, p, actual), first(t, p, drill)
		got, err := p.Poster(t.Context(), drill)
		if err != nil || !strings.HasPrefix(got.Alt[guitu.Chinese], "【演练】") || !strings.HasPrefix(got.Alt[guitu.English], "[Exercise]") {
			t.Errorf("alt text %v, %v", got.Alt, err)
		}
		look(t, "exercise-"+string(actual.Kind), got)
		const side = 360
		for y := 0; y+side <= a.Bounds().Dy(); y += side {
			for x := 0; x+side <= a.Bounds().Dx(); x += side {
				if n := differ(a, b, image.Rect(x, y, x+side, y+side)); n < side*side/50 {
					t.Errorf("%s: square at %d, %d differs in %d pixels only", actual.Kind, x, y, n)
				}
			}
		}
	}
}

func differ(a, b *image.RGBA, part image.Rectangle) int {
	n := 0
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				n++
			}
		}
	}
	return n
}

// TestPhotos shows which photos go out with an alert.
func TestPhotos(t *testing.T) {
	revoked := shot(t)
	revoked.Revoked = true
	later := shot(t)
	later.ID = 10
	m := message()
	m.Facts.Photos = []int64{10, 9}
	other := m
	other.Facts.Photos = nil
	for name, tt := range map[string]struct {
		m      guitu.AlertMessage
		photos []poster.Shot
		want   int
	}{
		"in the message's order": {m, []poster.Shot{shot(t), later}, 2},
		"revoked":                {message(), []poster.Shot{revoked}, 0},
		"not of the message":     {other, []poster.Shot{shot(t)}, 0},
		"gone":                   {message(), nil, 0},
	} {
		got, err := painter(t, &reader{message: tt.m, photos: tt.photos}, missing.Add(time.Hour)).Pictures(t.Context(), notice(guitu.NoticeAlert))
		if err != nil || len(got) != 1+tt.want {
			t.Errorf("%s: %d pictures, %v; want %d", name, len(got), err, 1+tt.want)
		}
	}
	got, err := painter(t, &reader{message: message(), photos: []poster.Shot{shot(t)}}, missing.Add(72*time.Hour)).Pictures(t.Context(), notice(guitu.NoticeAlert))
	if err != nil || len(got) != 1 || got[0].Child {
		t.Errorf("when it expires: %d pictures, %v; want one without the child", len(got), err)
	}
}

// TestPainterForgets shows that a picture is painted once for all channels, and that nothing of the child is kept beyond the end.
func TestPainterForgets(t *testing.T) {
	r := &reader{message: message(), photos: []poster.Shot{shot(t)}}
	p := painter(t, r, missing.Add(time.Hour))
	a, err := p.Poster(t.Context(), notice(guitu.NoticeAlert))
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Poster(t.Context(), notice(guitu.NoticeAlert))
	if err != nil || &a.Bytes[0] != &b.Bytes[0] {
		t.Errorf("painted twice, %v", err)
	}
	ended := notice(guitu.NoticeAlert)
	ended.Ended = true
	if c, err := p.Poster(t.Context(), ended); err != nil || c.Child {
		t.Errorf("after the end: Child = %v, %v", c.Child, err)
	}
	if d, err := p.Poster(t.Context(), notice(guitu.NoticeAlert)); err != nil || &d.Bytes[0] == &a.Bytes[0] {
		t.Errorf("the poster was still kept, %v", err)
	}
}

func TestRareCharacters(t *testing.T) {
	f := fonts(t)
	if n := f.Missing("·㛃𫖯𬎆䶮" + "\n 　"); n != 0 {
		t.Errorf("%d rare characters are missing", n)
	}
	const unassigned = "\U000E0FFF"
	if n := f.Missing("林" + unassigned); n != 1 {
		t.Errorf("%d characters are missing, want 1", n)
	}
	var log bytes.Buffer
	m := message()
	m.Facts.Child.Name = "林\U000323B0" // of the last block, which no font has
	p := poster.New(&reader{message: m}, f, poster.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return missing }})
	got, err := p.Poster(t.Context(), notice(guitu.NoticeAlert))
	if err != nil || !strings.Contains(log.String(), "characters=1") || strings.ContainsAny(log.String(), "林\U000323B0") {
		t.Errorf("%v, log: %s", err, log.String())
	}
	look(t, "gap", got)
}

func TestOpenFonts(t *testing.T) {
	latin := filepath.Join(t.TempDir(), "latin.ttf")
	if err := os.WriteFile(latin, goregular.TTF, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := poster.OpenFonts(latin); !errors.Is(err, poster.ErrNoFont) || !strings.Contains(err.Error(), latin) {
		t.Errorf("a font without Chinese: %v", err)
	}
	if _, err := poster.OpenFonts(filepath.Join(t.TempDir(), "none.ttc")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	page := filepath.Join(t.TempDir(), "page.ttf")
	if err := os.WriteFile(page, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := poster.OpenFonts(page); err == nil || !strings.Contains(err.Error(), page) {
		t.Errorf("a file that is no font: %v", err)
	}
}

func BenchmarkPoster(b *testing.B) {
	r := &reader{message: message(), photos: []poster.Shot{shot(b)}}
	p := painter(b, r, missing.Add(time.Hour))
	n := notice(guitu.NoticeAlert)
	n.ID = 0 // a preview, which is never kept
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Poster(b.Context(), n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCard(b *testing.B) {
	p := painter(b, &reader{}, missing)
	n := verdictNotice(guitu.NoticeDebunk)
	n.ID = 0
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Poster(b.Context(), n); err != nil {
			b.Fatal(err)
		}
	}
}
