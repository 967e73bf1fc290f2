// Package mqtt publishes notices through an MQTT 5 broker: for emergency broadcasting, applications, and boxes on poles, which
// subscribe to their places.
//
// A notice of an alert stands as a retained message at PREFIX/alerts/CITY/CODE/json and, signed, at …/cap, for each city (GB/T 2260,
// ending in 00) that its circle touches, and every other notice at PREFIX/notices/CITY/CODE/json, where CITY is 000000 when the place is
// not known. The latest of one code takes the place of those before it. What ends an alert is told to those who listen, and then
// nothing is left; what expires the broker drops by itself. Writing the same twice is the same, so nothing is ever unknown here.
package mqtt

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"guitu"
	"guitu/publishers"
)

// Options of a Publisher.
type Options struct {
	// Name tells brokers apart, "mqtt" when it is empty.
	Name string
	// Prefix begins each topic, "guitu" when it is empty.
	Prefix string
	// User and Password are the account, none when User is empty.
	User, Password string
	// CAP returns the signed CAP 1.2 message on which a notice rests, nil when it rests on none. nil: there are none.
	CAP func(ctx context.Context, n guitu.Notice) ([]byte, error)
	// Dial opens a connection, a net.Dialer's when it is nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Timeout of one publication, 20 s when it is 0.
	Timeout time.Duration
	// Now is the clock.
	Now func() time.Time
}

// stays is how long a notice that never expires is kept for those who come later.
const stays = 30 * 24 * time.Hour

// nowhere is the city of notices whose place is not known.
const nowhere = "000000"

// Publisher publishes through one broker.
type Publisher struct {
	address string // host:port
	tls     *tls.Config
	o       Options
}

var (
	_ guitu.Local     = (*Publisher)(nil)
	_ guitu.Keyed     = (*Publisher)(nil)
	_ guitu.Editor    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
)

// New returns a Publisher for a broker, "mqtts://broker.example" (port 8883) or, where nobody listens in between,
// "mqtt://127.0.0.1:1883".
func New(broker string, o Options) (*Publisher, error) {
	u, err := url.Parse(broker)
	if err != nil || u.Hostname() == "" || u.Scheme != "mqtt" && u.Scheme != "mqtts" || u.User != nil {
		return nil, errors.New("mqtt: the broker should be an address like mqtts://broker.example, without an account")
	}
	if strings.ContainsAny(o.Prefix, "+#") || strings.HasPrefix(o.Prefix, "/") || strings.HasSuffix(o.Prefix, "/") {
		return nil, fmt.Errorf("mqtt: no topics can begin with %q", o.Prefix)
	}
	if o.Name == "" {
		o.Name = "mqtt"
	}
	if o.Prefix == "" {
		o.Prefix = "guitu"
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Publisher{o: o}
	port := u.Port()
	if u.Scheme == "mqtts" {
		p.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
		if port == "" {
			port = "8883"
		}
	} else if port == "" {
		port = "1883"
	}
	p.address = net.JoinHostPort(u.Hostname(), port)
	return p, nil
}

// Name returns "mqtt", or the broker's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// Local marks that subscribers listen to places.
func (p *Publisher) Local() {}

// Keyed marks that what is published again takes the place of what is retained: receivers know it by its identifier.
func (p *Publisher) Keyed() {}

// Preview returns what a subscriber gets to show.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, publishers.Limits{Text: 1 << 20}), pub.Pictures
}

// Publish writes the notice for each city. An error means that some cities may have it; writing it again is right.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	all, at, err := p.messages(ctx, pub)
	if err != nil {
		return guitu.Receipt{}, err
	}
	return guitu.Receipt{ExternalID: at}, p.send(ctx, all)
}

// Edit writes what holds from now on for the cities where the publication stands, or clears them when that ends the alert.
func (p *Publisher) Edit(ctx context.Context, pub guitu.Publication) error {
	if pub.Notice.Kind.Ends() || pub.Notice.Ended {
		return p.Pull(ctx, pub)
	}
	root, cities, ok := split(pub.Receipt.ExternalID)
	if !ok {
		return fmt.Errorf("%s: %w: receipt %q names no topics", p.o.Name, guitu.ErrRejected, pub.Receipt.ExternalID)
	}
	all, _, err := p.at(ctx, pub, root, cities)
	if err != nil {
		return err
	}
	return p.send(ctx, all)
}

// Pull clears the cities where the publication stands.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	root, cities, ok := split(pub.Receipt.ExternalID)
	if !ok {
		return fmt.Errorf("%s: %w: receipt %q names no topics", p.o.Name, guitu.ErrRejected, pub.Receipt.ExternalID)
	}
	return p.send(ctx, cleared(root, pub.Notice.Code, cities))
}

// Probe signs in and out.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	return guitu.Account{Name: p.o.User, May: []string{"publish", "clear"}}, p.send(ctx, nil)
}

// messages are those of a publication, and where they stand: the root of the topics and the cities.
func (p *Publisher) messages(ctx context.Context, pub guitu.Publication) ([]*paho.Publish, string, error) {
	root := p.o.Prefix + "/notices"
	if pub.Notice.AlertID != 0 {
		root = p.o.Prefix + "/alerts"
	}
	all, cities, err := p.at(ctx, pub, root, cities(pub.Notice))
	if err != nil {
		return nil, "", err
	}
	if pub.Notice.Kind.Ends() {
		// Those who listen hear of the end; those who come later find nothing.
		for _, m := range all {
			m.Retain = false
		}
		all = append(all, cleared(root, pub.Notice.Code, cities)...)
	}
	return all, root + " " + strings.Join(cities, ","), nil
}

// at is a publication for some cities.
func (p *Publisher) at(ctx context.Context, pub guitu.Publication, root string, cities []string) ([]*paho.Publish, []string, error) {
	document, err := json.Marshal(publishers.NewDocument(pub))
	if err != nil {
		return nil, nil, err
	}
	var signed []byte
	if p.o.CAP != nil && pub.Notice.AlertID != 0 {
		if signed, err = p.o.CAP(ctx, pub.Notice); err != nil {
			return nil, nil, fmt.Errorf("%s: CAP message: %w", p.o.Name, err)
		}
	}
	expiry := uint32(stays / time.Second)
	if e := pub.Notice.Expires; !e.IsZero() {
		left := e.Sub(p.o.Now())
		expiry = uint32(min(max(left, time.Second), stays) / time.Second)
	}
	var all []*paho.Publish
	for _, city := range cities {
		topic := root + "/" + city + "/" + pub.Notice.Code
		all = append(all, message(topic+"/json", "application/json", document, expiry))
		if signed != nil {
			all = append(all, message(topic+"/cap", "application/cap+xml", signed, expiry))
		}
	}
	return all, cities, nil
}

func message(topic, media string, payload []byte, expiry uint32) *paho.Publish {
	utf8 := byte(1)
	return &paho.Publish{
		Topic: topic, QoS: 1, Retain: true, Payload: payload,
		Properties: &paho.PublishProperties{ContentType: media, PayloadFormat: &utf8, MessageExpiry: &expiry},
	}
}

// cleared is the empty retained message that takes away what stands.
func cleared(root, code string, cities []string) []*paho.Publish {
	var all []*paho.Publish
	for _, city := range cities {
		for _, form := range [...]string{"/json", "/cap"} {
			all = append(all, &paho.Publish{Topic: root + "/" + city + "/" + code + form, QoS: 1, Retain: true})
		}
	}
	return all
}

// cities are the cities of a notice's areas, in order.
func cities(n guitu.Notice) []string {
	areas := n.Areas
	if len(areas) == 0 {
		areas = []guitu.Area{n.Area}
	}
	var all []string
	for _, a := range areas {
		switch {
		case a == "":
			all = append(all, nowhere)
		case a.Level() == guitu.County:
			all = append(all, string(a.Parent()))
		default:
			all = append(all, string(a))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// split reads what messages said of where a publication stands.
func split(receipt string) (root string, cities []string, ok bool) {
	root, list, ok := strings.Cut(receipt, " ")
	if !ok || root == "" || list == "" {
		return "", nil, false
	}
	return root, strings.Split(list, ","), true
}

// inFlight is how many messages wait for their acknowledgement at once.
const inFlight = 20

// send signs in, sends messages, each until it is acknowledged, and signs out. Each publication has a connection of its own: there
// are few, and no connection goes stale between them.
func (p *Publisher) send(ctx context.Context, all []*paho.Publish) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", p.o.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.o.Timeout)
	defer cancel()
	conn, err := p.o.Dial(ctx, "tcp", p.address)
	if err != nil {
		return fmt.Errorf("%s: %w", p.o.Name, err)
	}
	// The library reads and writes without deadlines of ours.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	if p.tls != nil {
		conn = packets.NewThreadSafeConn(tls.Client(conn, p.tls))
	}
	client := paho.NewClient(paho.ClientConfig{Conn: conn, PacketTimeout: p.o.Timeout, OnClientError: func(error) { cancel() }})
	connect := &paho.Connect{ClientID: "guitu-" + strings.ToLower(rand.Text()[:12]), CleanStart: true, KeepAlive: 60}
	if p.o.User != "" {
		connect.Username, connect.UsernameFlag = p.o.User, true
		connect.Password, connect.PasswordFlag = []byte(p.o.Password), true
	}
	ack, err := client.Connect(ctx, connect)
	if err != nil {
		return p.judge(err, ackCode(ack))
	}
	defer client.Disconnect(&paho.Disconnect{}) //nolint:errcheck // everything was acknowledged, or will be sent again

	var wg sync.WaitGroup
	var once sync.Once
	slots := make(chan struct{}, inFlight)
	for _, m := range all {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			answer, e := client.Publish(ctx, m)
			if e != nil {
				var code byte
				if answer != nil {
					code = answer.ReasonCode
				}
				once.Do(func() { err = p.judge(e, code); cancel() })
			}
		})
	}
	wg.Wait()
	return err
}

func ackCode(a *paho.Connack) byte {
	if a == nil {
		return 0
	}
	return a.ReasonCode
}

// judge says what a reason code means (MQTT 5, 2.4): whatever it is, sending again does no harm.
func (p *Publisher) judge(err error, code byte) error {
	switch code {
	case packets.ConnackBadUsernameOrPassword, packets.ConnackNotAuthorized, packets.ConnackBanned, packets.ConnackBadAuthenticationMethod:
		return fmt.Errorf("%s: %w: account: reason code 0x%x", p.o.Name, guitu.ErrUnauthorized, code)
	case packets.ConnackQuotaExceeded, packets.ConnackConnectionRateExceeded, packets.ConnackServerBusy:
		return &guitu.RetryError{After: time.Minute, Err: fmt.Errorf("%s: reason code 0x%x", p.o.Name, code)}
	case packets.PubackTopicNameInvalid, packets.PubackPayloadFormatInvalid, packets.ConnackPacketTooLarge, packets.ConnackRetainNotSupported:
		return fmt.Errorf("%s: %w: reason code 0x%x", p.o.Name, guitu.ErrRejected, code)
	}
	return fmt.Errorf("%s: %w", p.o.Name, err)
}
