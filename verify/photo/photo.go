package photo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"sync"

	"golang.org/x/image/draw"

	"guitu"
	"guitu/verify/picture"
)

// The limits of what is taken.
const (
	MaxBytes  = 15 << 20   // of the file
	MaxPixels = 50_000_000 // telephones make up to this
	MaxSide   = 1600       // pixels of the longer side of what Clean returns
)

// maxMemory is what decoding one picture may take, in bytes. All that telephones make stays below it; a progressive JPEG, whose
// decoder keeps every coefficient, reaches it at 17 million pixels.
const maxMemory = 256 << 20

// quality is that of the one encoding: at 85 nobody sees a difference at MaxSide.
const quality = 85

// one lets one picture be worked on at a time: many at once would multiply maxMemory.
var one sync.Mutex

// Clean returns a picture as it may be shown, a JPEG without metadata of at most MaxSide pixels a side, and what is known of it:
// type, size, digest and perceptual hash. Token, Alt and the IDs are the caller's. Errors are of kind Invalid and say in Chinese
// what to do.
func Clean(body []byte) (guitu.Photo, []byte, error) {
	f, err := open(body)
	if err != nil {
		return guitu.Photo{}, nil, err
	}
	one.Lock()
	defer one.Unlock()
	p, err := f.decode(bytes.NewReader(body))
	if err != nil {
		return guitu.Photo{}, nil, broken()
	}
	upright := turn(shrink(p, MaxSide), f.orientation)
	var clean bytes.Buffer
	if err := jpeg.Encode(&clean, upright, &jpeg.Options{Quality: quality}); err != nil {
		return guitu.Photo{}, nil, broken()
	}
	hash, err := picture.Hash(clean.Bytes())
	if err != nil {
		return guitu.Photo{}, nil, guitu.Errorf(guitu.Invalid, "照片太小或者没有内容，请换一张看得清本人的照片。")
	}
	sum := sha256.Sum256(clean.Bytes())
	b := upright.Bounds()
	return guitu.Photo{
		Type: "image/jpeg", Width: b.Dx(), Height: b.Dy(), Digest: hex.EncodeToString(sum[:]), Hash: hash,
	}, clean.Bytes(), nil
}

// blurSide is what Blur leaves of a picture, in pixels of the longer side. People know a familiar face from seven by ten.
const blurSide = 4

// Blur returns a picture of the same size, of a JPEG that Clean made, on which nobody can be told: colours of a few areas are all
// that is left. It can't be undone, since the rest is thrown away.
func Blur(clean []byte) ([]byte, error) {
	f, err := open(clean)
	if err != nil {
		return nil, err
	}
	one.Lock()
	defer one.Unlock()
	p, err := f.decode(bytes.NewReader(clean))
	if err != nil {
		return nil, broken()
	}
	rest := shrink(p, blurSide)
	blurred := image.NewRGBA(image.Rect(0, 0, p.Bounds().Dx(), p.Bounds().Dy()))
	draw.ApproxBiLinear.Scale(blurred, blurred.Bounds(), rest, rest.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, blurred, &jpeg.Options{Quality: quality}); err != nil {
		return nil, broken()
	}
	return out.Bytes(), nil
}

func broken() error {
	return guitu.Errorf(guitu.Invalid, "照片已损坏，无法打开，请重新拍摄或者换一张。")
}

// shrink lays a picture on white, no side longer than most. It halves until less than half is left to do: so every pixel counts,
// and no more than a quarter of the picture is held beside it.
func shrink(p image.Image, most int) *image.RGBA {
	for {
		w, h := p.Bounds().Dx(), p.Bounds().Dy()
		switch long := max(w, h); {
		case long > 2*most:
			w, h = max(1, (w+1)/2), max(1, (h+1)/2)
		case long > most:
			w, h = max(1, w*most/long), max(1, h*most/long)
		}
		to := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.ApproxBiLinear.Scale(to, to.Bounds(), p, p.Bounds(), draw.Over, nil)
		if max(w, h) <= most {
			return to
		}
		p = to
	}
}

// turn makes a picture upright that a camera took at an orientation, 1 to 8 of Exif 2.3 (tag 274).
func turn(p *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			at := [9]image.Point{
				2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x},
			}[orientation]
			to.SetRGBA(at.X, at.Y, p.RGBAAt(x, y))
		}
	}
	return to
}
