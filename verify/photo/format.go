package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"guitu"
)

// file is a picture that may be decoded.
type file struct {
	decode      func(io.Reader) (image.Image, error)
	orientation int // of Exif, 1 when it states none
}

// open reads what a picture is and what decoding it would cost, and refuses what costs too much.
func open(body []byte) (file, error) {
	if len(body) > MaxBytes {
		return file{}, guitu.Errorf(guitu.Invalid, "照片文件超过 %d MB，请缩小后再上传。", MaxBytes>>20)
	}
	f := file{orientation: 1}
	var config func(io.Reader) (image.Config, error)
	var cost func(image.Config) int // bytes a pixel, at most
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		s := scanJPEG(body)
		f.decode, config, f.orientation = jpeg.Decode, jpeg.DecodeConfig, orientation(s.exif)
		cost = func(image.Config) int { return s.cost }
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		f.decode, config, f.orientation = png.Decode, png.DecodeConfig, orientation(pngExif(body))
		cost = pngCost
	case len(body) >= 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP":
		f.decode, config, f.orientation = webp.Decode, webp.DecodeConfig, orientation(webpExif(body))
		cost = func(image.Config) int { return 8 } // lossless: the pixels, and once more while they are transformed
	case len(body) >= 12 && string(body[4:8]) == "ftyp":
		return file{}, guitu.Errorf(guitu.Invalid,
			"暂不支持 HEIC 等格式的照片。请用手机截屏后上传，或者在相册中另存、导出为 JPEG 再上传。")
	default:
		return file{}, guitu.Errorf(guitu.Invalid, "只接受 JPEG、PNG 或 WebP 格式的照片。")
	}
	c, err := config(bytes.NewReader(body))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return file{}, broken()
	}
	if c.Width > MaxPixels/c.Height || c.Width*c.Height > maxMemory/cost(c) {
		return file{}, guitu.Errorf(guitu.Invalid, "照片尺寸过大（%d×%d 像素），请缩小或者截屏后再上传。", c.Width, c.Height)
	}
	return f, nil
}

// pngCost is what a pixel of a PNG takes: four samples of a byte or two, and some more to shrink them.
func pngCost(c image.Config) int {
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		return 12
	}
	return 5
}

// segments is what is read of a JPEG before it is decoded.
type segments struct {
	exif []byte // a TIFF file
	cost int    // bytes a pixel: four components at most, and 16 more for the coefficients of a progressive one
}

// scanJPEG walks the segments up to the image data. What it can't follow counts as the dearest.
func scanJPEG(b []byte) segments {
	s := segments{cost: 20}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker := b[1]
		if marker == 0xff { // padding
			b = b[1:]
			continue
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd7 { // TEM and RSTn stand alone
			b = b[2:]
			continue
		}
		size := int(binary.BigEndian.Uint16(b[2:]))
		if size < 2 || size+2 > len(b) {
			return s
		}
		content := b[4 : size+2]
		switch {
		case marker == 0xc0 || marker == 0xc1: // SOF0, SOF1: not progressive
			s.cost = 5
		case marker == 0xda: // SOS
			return s
		case marker == 0xe1 && s.exif == nil && bytes.HasPrefix(content, []byte("Exif\x00\x00")): // APP1
			s.exif = content[6:]
		}
		b = b[size+2:]
	}
	return s
}

// pngExif returns the content of the chunk eXIf.
func pngExif(b []byte) []byte {
	for b = b[8:]; len(b) >= 12; {
		size := int64(binary.BigEndian.Uint32(b))
		if size+12 > int64(len(b)) {
			return nil
		}
		if string(b[4:8]) == "eXIf" {
			return b[8 : 8+size]
		}
		b = b[size+12:]
	}
	return nil
}

// webpExif returns the content of the chunk EXIF.
func webpExif(b []byte) []byte {
	for b = b[12:]; len(b) >= 8; {
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		if size+8 > int64(len(b)) {
			return nil
		}
		if string(b[:4]) == "EXIF" {
			return bytes.TrimPrefix(b[8:8+size], []byte("Exif\x00\x00"))
		}
		b = b[min(size+8+size&1, int64(len(b))):]
	}
	return nil
}

// orientation reads tag 274 of the first directory of a TIFF file; 1 when there is none that makes sense. Nothing else of the
// metadata is looked at.
func orientation(tiff []byte) int {
	const upright, tag, short = 1, 0x0112, 3
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return upright
	}
	n := int64(order.Uint16(tiff[at:]))
	entries := tiff[at+2:]
	for range min(n, int64(len(entries)/12)) {
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}
