package cap_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"guitu/internal/cap"
	"guitu/internal/testenv/capcheck"
)

var newKey = sync.OnceValues(func() (pair [2][]byte, err error) {
	pair[0], pair[1], err = cap.NewKey("guitu.example", time.Now(), 5)
	return pair, err
})

func signer(t testing.TB) *cap.Signer {
	t.Helper()
	pair, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	s, err := cap.NewSigner(pair[0], pair[1])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// verify checks a signature in this process, for the fuzzer, which can't start a program for each text.
func verify(message, certificate []byte) error {
	block, _ := pem.Decode(certificate)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(message); err != nil {
		return err
	}
	_, err = dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}}).Validate(doc.Root())
	return err
}

// TestSignature lets xmlsec1 judge: what was signed holds, and nothing of it can be changed.
func TestSignature(t *testing.T) {
	s := signer(t)
	for name, m := range causes() {
		got, err := s.XML(m)
		if err != nil {
			t.Fatal(err)
		}
		if ok, said := capcheck.Signed(t, got, s.Certificate()); !ok {
			t.Errorf("%s: %s", name, said)
		}
	}
	got, err := s.XML(alert())
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.XML(alert())
	if err != nil || !bytes.Equal(got, again) {
		t.Errorf("signed twice it differs: %v", err)
	}
	for _, change := range [][2]string{{"19900001234", "19900001235"}, {"Alert</msgType>", "Update</msgType>"}, {"35.05123,118.3 200", "35.05123,118.3 201"}} {
		forged := bytes.ReplaceAll(got, []byte(change[0]), []byte(change[1]))
		if bytes.Equal(forged, got) {
			t.Fatalf("%q is not in the message", change[0])
		}
		if ok, said := capcheck.Signed(t, forged, s.Certificate()); ok {
			t.Errorf("%v goes unnoticed: %s", change, said)
		}
	}
	_, other, err := cap.NewKey("guitu.example", time.Now(), 5)
	if err != nil {
		t.Fatal(err)
	}
	if ok, said := capcheck.Signed(t, got, other); ok {
		t.Errorf("it passes for one of another key: %s", said)
	}
}

func TestNewSigner(t *testing.T) {
	pair, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	key, cert := pair[0], pair[1]
	otherKey, _, err := cap.NewKey("guitu.example", time.Now(), 5)
	if err != nil {
		t.Fatal(err)
	}
	curveKey, curveCert := curve(t)
	for name, tt := range map[string][2][]byte{
		"nothing": {nil, nil}, "a key of another certificate": {otherKey, cert}, "a certificate for the key": {cert, key}, "no RSA": {curveKey, curveCert},
	} {
		if _, err := cap.NewSigner(tt[0], tt[1]); err == nil || strings.Contains(err.Error(), "BEGIN") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := cap.NewSigner(key, cert)
	if err != nil {
		t.Fatal(err)
	}
	if got := time.Until(s.Expires()); got < 4*365*24*time.Hour || got > 6*365*24*time.Hour {
		t.Errorf("the certificate ends in %s, want five years", got)
	}
	if !bytes.Equal(s.Certificate(), cert) || len(s.Fingerprint()) != 64 {
		t.Errorf("certificate %s, fingerprint %s", s.Certificate(), s.Fingerprint())
	}
}

func curve(t *testing.T) (key, cert []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
