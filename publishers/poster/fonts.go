package poster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// usual are the places where systems put a font that has Chinese, the first found is taken.
var usual = [...]string{
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",   // Debian, Ubuntu: fonts-noto-cjk
	"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",        // Arch, openSUSE
	"/usr/share/fonts/noto/NotoSansCJK-Regular.ttc",            // Alpine: font-noto-cjk
	"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", // Fedora, RHEL, openEuler
	"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
	"/usr/local/share/fonts/NotoSansCJK-Regular.ttc",
	"/Library/Fonts/NotoSansCJK-Regular.ttc",
}

// ErrNoFont says that no font with Chinese was found.
var ErrNoFont = errors.New("no font with Chinese characters: install one (Debian: fonts-noto-cjk), or name a file")

// Fonts are the typefaces in which pictures are written. They are safe for concurrent use.
type Fonts struct {
	faces []typeface // a character is taken from the first that has it
}

// typeface is one font file, in two weights where it has them.
type typeface struct{ regular, bold *sfnt.Font }

// needed is what a font must have at least, or posters would be full of holes.
const needed = "寻人演练核验码不实信息岁厘米年月日0123456789ABC"

// OpenFonts opens font files (.ttc, .otf, .ttf); a character is taken from the first that has it, so files for rare ones go
// last. Without files it looks where systems put theirs. The bold cut is found beside the regular one by its name. The files stay
// open, since glyphs are read when they are needed: a font with Chinese has twenty megabytes.
func OpenFonts(files ...string) (*Fonts, error) {
	if len(files) == 0 {
		for _, at := range usual {
			if _, err := os.Stat(at); err == nil {
				files = []string{at}
				break
			}
		}
	}
	f := &Fonts{}
	for _, at := range files {
		face, err := openTypeface(at)
		if err != nil {
			return nil, err
		}
		f.faces = append(f.faces, face)
	}
	if missing := f.Missing(needed); missing > 0 {
		return nil, fmt.Errorf("%w (%d of %d that every poster needs are missing in %s)",
			ErrNoFont, missing, len([]rune(needed)), strings.Join(append(files, "no file")[:max(1, len(files))], ", "))
	}
	return f, nil
}

func openTypeface(at string) (typeface, error) {
	regular, err := openFont(at)
	if err != nil {
		return typeface{}, err
	}
	t := typeface{regular, regular}
	if bold := strings.Replace(at, "-Regular.", "-Bold.", 1); bold != at {
		switch heavier, err := openFont(bold); {
		case err == nil:
			t.bold = heavier
		case !errors.Is(err, fs.ErrNotExist):
			return typeface{}, err
		}
	}
	return t, nil
}

// openFont opens the simplified Chinese font of a file, or its first.
func openFont(at string) (*sfnt.Font, error) {
	file, err := os.Open(at)
	if err != nil {
		return nil, fmt.Errorf("open font: %w", err)
	}
	all, err := opentype.ParseCollectionReaderAt(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open font %s: %w", at, err), file.Close())
	}
	var first *sfnt.Font
	for i := range all.NumFonts() {
		f, err := all.Font(i)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open font %s: %w", at, err), file.Close())
		}
		if first == nil {
			first = f
		}
		// One file has the Chinese, Japanese and Korean forms of the same characters.
		if name, err := f.Name(nil, sfnt.NameIDFamily); err == nil && strings.HasSuffix(name, " SC") {
			return f, nil
		}
	}
	if first == nil {
		return nil, errors.Join(fmt.Errorf("open font %s: it holds no font", at), file.Close())
	}
	return first, nil
}

// Missing counts the characters of a text that no font has.
func (f *Fonts) Missing(text string) int {
	n := 0
	var b sfnt.Buffer
	for _, r := range text {
		if r > ' ' && f.find(&b, r) < 0 {
			n++
		}
	}
	return n
}

// find returns the number of the first typeface that has a character, -1 when none has.
func (f *Fonts) find(b *sfnt.Buffer, r rune) int {
	for i, face := range f.faces {
		if g, err := face.regular.GlyphIndex(b, r); err == nil && g != 0 {
			return i
		}
	}
	return -1
}
