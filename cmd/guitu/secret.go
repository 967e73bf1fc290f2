package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// masked is what stands wherever a secret would be printed.
const masked = "***"

// Secret is a value that never prints: not by fmt with any verb, not as JSON, YAML or a log attribute, and not as part of a
// struct that holds it. An empty Secret prints as nothing, so that "missing" can be told from "there".
type Secret struct {
	// A pointer, because fmt cannot call methods on unexported fields and prints what it finds in them; here an address.
	value *string
}

// newSecret hides s.
func newSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal returns the value, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.value == nil }

// String returns *** or, when there is no secret, nothing.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return masked
}

// Format prints the mask for every verb and flag. String alone would not do: fmt ignores it for verbs such as %d.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) } //nolint:errcheck // as fmt itself does

// LogValue is what log/slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is what encoding/json and every other text encoding writes.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML is what a YAML encoder writes.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// UnmarshalYAML reads a scalar. Its error does not quote the value.
func (s *Secret) UnmarshalYAML(n ast.Node) error {
	switch n := n.(type) {
	case *ast.StringNode:
		*s = newSecret(n.Value)
	case *ast.LiteralNode:
		*s = newSecret(n.Value.Value)
	case *ast.NullNode:
		*s = Secret{}
	default:
		return &yaml.SyntaxError{Message: "want text", Token: n.GetToken()}
	}
	return nil
}

// secrets fills in what stands in files of its own or in the environment, which wins.
func (v *validator) secrets(c *Config) {
	c.Telegram.Token = v.secret(key{"telegram", "token_file"}, c.Telegram.TokenFile, "GUITU_TELEGRAM_TOKEN")
	c.Telegram.Webhook.Secret = v.secret(key{"telegram", "webhook", "secret_file"}, c.Telegram.Webhook.SecretFile, "GUITU_TELEGRAM_WEBHOOK_SECRET")
	v.cap(&c.CAP)
	v.followers(c)
	v.console(&c.Console)
	for i := range c.Sources {
		c.Sources[i].Cookie = v.secret(key{"sources", i, "cookie_file"}, c.Sources[i].CookieFile, "")
	}
}

// maxSecret is the longest secret in bytes; cookies can be long.
const maxSecret = 16 << 10

// secret reads one secret. Space around it, such as the newline at the end of a file, is not part of it.
func (v *validator) secret(k key, path, variable string) Secret {
	if variable != "" {
		if s := strings.TrimSpace(os.Getenv(variable)); s != "" {
			return newSecret(s)
		}
	}
	if path == "" {
		return Secret{}
	}
	b, err := readLimited(path, maxSecret)
	if err != nil {
		v.bad(k, "%v", err)
		return Secret{}
	}
	if openToOthers(path) {
		v.warn(k, "%s can be read by others: chmod 600", path)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		v.bad(k, "%s is empty", path)
	} else if strings.ContainsFunc(s, unicode.IsControl) {
		v.bad(k, "%s holds more than one line", path)
	}
	return newSecret(s)
}

// openToOthers reports whether more people than its owner may read or write a file.
func openToOthers(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o066 != 0
}
