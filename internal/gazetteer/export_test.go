package gazetteer

import "guitu"

// OfPhoneIn reads a packed table of phones and looks a number up in it.
func OfPhoneIn(packed []byte, number string) (guitu.Area, error) {
	p, err := readPhones(packed)
	if err != nil {
		return "", err
	}
	return p.of(number), nil
}
