package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"guitu/internal/cap"
)

// CAPConfig is with what CAP messages are signed. Without a key they are not.
type CAPConfig struct {
	KeyFile         string `yaml:"key_file"`         // RSA, PEM
	CertificateFile string `yaml:"certificate_file"` // of the key, PEM; published

	signer *cap.Signer
}

// SiteConfig is what the public site does beyond showing notices.
type SiteConfig struct {
	Hub string `yaml:"hub"` // address of the WebSub hub of its feeds, "" for none
}

// soon is how long before its end a certificate is warned of.
const soon = 30 * 24 * time.Hour

// cap reads the key and its certificate.
func (v *validator) cap(c *CAPConfig) {
	if (c.KeyFile == "") != (c.CertificateFile == "") {
		v.bad(key{"cap"}, "key_file and certificate_file go together")
		return
	}
	if c.KeyFile == "" {
		return
	}
	private, err := readLimited(c.KeyFile, maxSecret)
	if err != nil {
		v.bad(key{"cap", "key_file"}, "%v", err)
		return
	}
	if openToOthers(c.KeyFile) {
		v.warn(key{"cap", "key_file"}, "%s can be read by others: chmod 600", c.KeyFile)
	}
	certificate, err := readLimited(c.CertificateFile, maxSecret)
	if err != nil {
		v.bad(key{"cap", "certificate_file"}, "%v", err)
		return
	}
	if c.signer, err = cap.NewSigner(private, certificate); err != nil {
		v.bad(key{"cap"}, "%v", err)
		return
	}
	if left := time.Until(c.signer.Expires()); left < 0 {
		v.bad(key{"cap", "certificate_file"}, "the certificate ended on %s", c.signer.Expires().Format(time.DateOnly))
	} else if left < soon {
		v.warn(key{"cap", "certificate_file"}, "the certificate ends on %s", c.signer.Expires().Format(time.DateOnly))
	}
}

// capKeyCmd makes what CAP messages are signed with.
type capKeyCmd struct {
	Name            string `arg:"" help:"Who signs: the site's host, guitu.example."`
	KeyFile         string `help:"Where to write the key." default:"cap.key"`
	CertificateFile string `help:"Where to write the certificate." default:"cap.pem"`
	Years           int    `help:"How long the certificate holds." default:"5"`
}

// Run writes a key and a certificate that it signs itself. It overwrites nothing.
func (c *capKeyCmd) Run(stdout io.Writer) error {
	if c.Years < 1 || c.Years > 20 {
		return errors.New("want 1 to 20 years")
	}
	private, certificate, err := cap.NewKey(c.Name, time.Now(), c.Years)
	if err != nil {
		return err
	}
	if err := create(c.KeyFile, private, 0o600); err != nil {
		return err
	}
	if err := create(c.CertificateFile, certificate, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "cap:\n  key_file: %s\n  certificate_file: %s\n", c.KeyFile, c.CertificateFile)
	return err
}

// create writes a file that is not there yet.
func create(path string, b []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// hub checks the address of the hub.
func (v *validator) hub(c SiteConfig) {
	if c.Hub == "" {
		return
	}
	if u, err := url.Parse(c.Hub); err != nil || u.Hostname() == "" {
		v.bad(key{"site", "hub"}, "want the address of a WebSub hub")
		return
	}
	v.url(key{"site", "hub"}, c.Hub)
}
