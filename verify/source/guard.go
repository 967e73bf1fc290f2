package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrRefused says that the guard does not let the program dial an address.
var ErrRefused = errors.New("address refused")

// Guard decides which addresses the program may dial. The zero Guard lets it dial public addresses only: a page that
// redirects to 127.0.0.1 or to a cloud's metadata service gets nowhere, whatever its name resolves to, because the check is
// made on the address that is about to be connected.
type Guard struct {
	allow []netip.Prefix
	hosts []string
	// only is not nil when nothing else may be dialled, so that an empty list refuses everything.
	only []netip.AddrPort
}

// NewGuard makes a Guard that lets the program dial public addresses and those private ones that are listed: a network
// ("10.0.0.0/8"), an address ("127.0.0.1"), or a host with its port ("rsshub.internal:1200"), which may resolve to
// anything.
func NewGuard(allow []string) (Guard, error) {
	var g Guard
	for _, s := range allow {
		if p, err := netip.ParsePrefix(s); err == nil {
			g.allow = append(g.allow, p.Masked())
			continue
		}
		if a, err := netip.ParseAddr(s); err == nil {
			g.allow = append(g.allow, netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()))
			continue
		}
		host, port, err := net.SplitHostPort(s)
		if err != nil || host == "" || port == "" {
			return Guard{}, fmt.Errorf("%q is neither a network (10.0.0.0/8), an address, nor host:port", s)
		}
		g.hosts = append(g.hosts, strings.ToLower(s))
	}
	return g, nil
}

// Only makes a Guard that lets the program dial the given addresses and nothing else; not even a name is looked up. An
// exercise runs behind it, so that no real site and no real channel can be reached. A listener's unspecified address
// ("0.0.0.0:8080") stands for the loopback addresses with its port.
func Only(addrs ...netip.AddrPort) Guard {
	g := Guard{only: []netip.AddrPort{}}
	for _, a := range addrs {
		if a.Addr().IsUnspecified() {
			g.only = append(g.only,
				netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port()),
				netip.AddrPortFrom(netip.IPv6Loopback(), a.Port()))
			continue
		}
		g.only = append(g.only, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))
	}
	return g
}

// Transport returns an HTTP transport that dials behind g and through no proxy, because a proxy would dial on its own.
func (g Guard) Transport() *http.Transport {
	return &http.Transport{
		DialContext:           g.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          32,
		MaxIdleConnsPerHost:   2,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		// Headers are part of the answer, so they have a limit like the body.
		MaxResponseHeaderBytes: 64 << 10,
		// A connection that died without a word would be used for as long as the system believes in it, by every call.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
	}
}

// DialContext connects to addr (host:port) if g allows it; otherwise the error wraps ErrRefused.
func (g Guard) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if g.only != nil {
		literal, err := g.listed(addr)
		if err != nil {
			return nil, err
		}
		return d.DialContext(ctx, network, literal)
	}
	if !slices.Contains(g.hosts, strings.ToLower(addr)) {
		d.Control = g.control
	}
	return d.DialContext(ctx, network, addr)
}

// listed returns the address that addr means under Only, without asking a name server.
func (g Guard) listed(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("dial: %w", err)
	}
	hosts := []string{host}
	if strings.EqualFold(host, "localhost") {
		hosts = []string{"127.0.0.1", "::1"}
	}
	for _, h := range hosts {
		a, err := netip.ParseAddrPort(net.JoinHostPort(h, port))
		if err == nil && slices.Contains(g.only, netip.AddrPortFrom(a.Addr().Unmap(), a.Port())) {
			return a.String(), nil
		}
	}
	return "", fmt.Errorf("%w: %s is not one of the addresses of this exercise", ErrRefused, addr)
}

// control looks at the address that a name was resolved to, just before it is connected.
func (g Guard) control(network, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !strings.HasPrefix(network, "tcp") {
		return fmt.Errorf("%w: %s %s", ErrRefused, network, address)
	}
	a := ap.Addr().Unmap().WithZone("")
	for _, p := range g.allow {
		if p.Contains(a) {
			return nil
		}
	}
	if !public(a) {
		return fmt.Errorf("%w: %s is in a private network that network.allow_private does not list", ErrRefused, a)
	}
	return nil
}

// special are the networks that are not public beyond those that netip knows: IANA's special-purpose registries (RFC 6890
// and successors).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),    // carrier-grade NAT; holds Alibaba Cloud's metadata service
	netip.MustParsePrefix("168.63.129.16/32"), // Azure's wire server
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2001::/23"), // Teredo and others
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4: wraps any IPv4 address
	netip.MustParsePrefix("fec0::/10"),
}

// nat64 wraps an IPv4 address in its last four bytes.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func public(a netip.Addr) bool {
	if nat64.Contains(a) {
		b := a.As16()
		return public(netip.AddrFrom4([4]byte(b[12:])))
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
