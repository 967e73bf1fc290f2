package source_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"guitu/verify/source"
)

// refused reports whether g refuses addr. A short deadline keeps the test from waiting for what it allows.
func refused(t *testing.T, g source.Guard, addr string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	conn, err := g.DialContext(ctx, "tcp", addr)
	if err == nil {
		conn.Close()
	}
	return errors.Is(err, source.ErrRefused)
}

func TestGuardRefusesPrivateNetworks(t *testing.T) {
	var zero source.Guard
	for _, addr := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
		"168.63.129.16", "192.0.0.192", "198.18.0.1", "203.0.113.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
		"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "2001::1", "fec0::1", "localhost",
	} {
		if !refused(t, zero, net.JoinHostPort(addr, "9")) {
			t.Errorf("%s can be dialled", addr)
		}
	}
}

func TestGuardAllows(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	addr := server.Listener.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	for _, tt := range []struct {
		allow, dial string
		refused     bool
	}{
		{"127.0.0.0/8", addr, false},
		{"127.0.0.1", addr, false},
		{"127.0.0.2", addr, true},
		{"10.0.0.0/8", addr, true},
		{addr, addr, false},
		{"127.0.0.1:1", addr, true},
		{"LOCALHOST:" + port, "localhost:" + port, false},
		{"localhost:" + port, addr, true},
	} {
		g, err := source.NewGuard([]string{tt.allow})
		if err != nil {
			t.Fatal(err)
		}
		if got := refused(t, g, tt.dial); got != tt.refused {
			t.Errorf("allowing %s, dialling %s: refused = %v, want %v", tt.allow, tt.dial, got, tt.refused)
		}
	}
	for _, bad := range []string{"", "10.0.0.0/99", "everything", ":80", "host:"} {
		if _, err := source.NewGuard([]string{bad}); err == nil {
			t.Errorf("NewGuard(%q) gave no error", bad)
		}
	}
}

func TestOnly(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	own := netip.MustParseAddrPort(server.Listener.Addr().String())
	_, port, _ := net.SplitHostPort(own.String())

	for _, g := range []source.Guard{source.Only(own), source.Only(netip.AddrPortFrom(netip.IPv4Unspecified(), own.Port()))} {
		for _, addr := range []string{own.String(), "localhost:" + port, "[::ffff:127.0.0.1]:" + port} {
			if refused(t, g, addr) {
				t.Errorf("%s is refused", addr)
			}
		}
		for _, addr := range []string{
			other.Listener.Addr().String(), "api.telegram.org:443", "8.8.8.8:443", "127.0.0.2:" + port, "m.weibo.cn:80", "nonsense",
		} {
			if _, err := g.DialContext(t.Context(), "tcp", addr); err == nil {
				t.Errorf("%s can be dialled", addr)
			} else if addr != "nonsense" && !errors.Is(err, source.ErrRefused) {
				t.Errorf("%s: %v, want ErrRefused", addr, err)
			}
		}
	}
	for _, addr := range []string{own.String(), "8.8.8.8:443"} {
		if !refused(t, source.Only(), addr) {
			t.Errorf("Only without addresses lets %s be dialled", addr)
		}
	}
	// The clear error comes through an HTTP client too.
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.telegram.org/", nil)
	res, err := (&http.Client{Transport: source.Only(own).Transport()}).Do(req)
	if err == nil {
		res.Body.Close()
	}
	if !errors.Is(err, source.ErrRefused) || !strings.Contains(err.Error(), "exercise") {
		t.Errorf("through http.Client: %v", err)
	}
}
