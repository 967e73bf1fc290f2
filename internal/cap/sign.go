package cap

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	dsig "github.com/russellhaering/goxmldsig"
)

// Signer signs messages. It is safe for concurrent use.
type Signer struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

// minBits is the shortest key that is still taken: what is signed must hold for years (NIST SP 800-57).
const minBits = 2048

// NewSigner makes a signer from a private key and its certificate, both PEM. RSA it must be: its signature of the same message is
// the same, so that a file does not change from reading to reading. The errors hold nothing of the key.
func NewSigner(key, certificate []byte) (*Signer, error) {
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, errors.New("no key and certificate in PEM that belong together")
	}
	private, ok := pair.PrivateKey.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() < minBits {
		return nil, fmt.Errorf("want an RSA key of at least %d bits", minBits)
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	return &Signer{private, cert}, nil
}

// Expires returns when the certificate ends: readers refuse signatures from then on.
func (s *Signer) Expires() time.Time { return s.cert.NotAfter }

// Certificate returns the certificate, PEM.
func (s *Signer) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.cert.Raw})
}

// Fingerprint returns the SHA-256 of the certificate, hexadecimal.
func (s *Signer) Fingerprint() string {
	sum := sha256.Sum256(s.cert.Raw)
	return hex.EncodeToString(sum[:])
}

// XML writes a message with an enveloped signature (RSA, SHA-256, exclusive canonicalization), the certificate within it. The
// error is that of the package's XML.
func (s *Signer) XML(m Message) ([]byte, error) {
	alert, err := element(m)
	if err != nil {
		return nil, err
	}
	ctx, err := dsig.NewSigningContext(s.key, [][]byte{s.cert.Raw})
	if err != nil {
		return nil, err
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := ctx.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return nil, err
	}
	signed, err := ctx.SignEnveloped(alert)
	if err != nil {
		return nil, fmt.Errorf("sign message %q: %w", m.Identifier, err)
	}
	return write(signed)
}

// NewKey makes a key of 3072 bits and a certificate for it, signed by itself, PEM. The name is who signs ("guitu.example"); the
// certificate holds from now for the given years.
func NewKey(name string, now time.Time, years int) (key, certificate []byte, err error) {
	private, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.UTC().Truncate(time.Second), NotAfter: now.UTC().Truncate(time.Second).AddDate(years, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("write the key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), nil
}
