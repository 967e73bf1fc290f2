package source

import (
	"bytes"
	"mime"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Text returns the body as UTF-8. The declared charset (header, byte order mark or <meta>) counts unless the body contradicts
// it; a body that declares nothing and is no UTF-8 is tried as GB18030, the superset of GBK, before anything else.
func (r *Response) Text() []byte { return toUTF8(r.Body, r.ContentType) }

func toUTF8(body []byte, contentType string) []byte {
	_, params, _ := mime.ParseMediaType(contentType)
	declared, _ := charset.Lookup(params["charset"])
	if declared == nil {
		enc, _, certain := charset.DetermineEncoding(body[:min(len(body), 1024)], "text/html")
		if certain {
			declared = enc
		}
	}
	// Pages that say GBK and are UTF-8 are common; Chinese text in GBK that happens to be valid UTF-8 is not.
	if utf8.Valid(body) {
		return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	}
	for _, enc := range []encoding.Encoding{declared, simplifiedchinese.GB18030} {
		if enc == nil || enc == encoding.Nop {
			continue
		}
		text, err := enc.NewDecoder().Bytes(body)
		if err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
			return text
		}
	}
	// Neither: a UTF-8 page with some broken bytes. What can be read is kept.
	return bytes.ToValidUTF8(body, []byte("\uFFFD"))
}
