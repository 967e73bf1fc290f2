package jobs_test

import (
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// repeat is what makes a network say everything twice.
type repeat struct{}

func (*repeat) Pipe(stub *toxics.ToxicStub) {
	for {
		select {
		case <-stub.Interrupt:
			return
		case c := <-stub.Input:
			if c == nil {
				stub.Close()
				return
			}
			stub.Output <- c
			stub.Output <- c
		}
	}
}

// ills are what happens to connections, each to its part of them.
var ills = []string{
	`{"type": "latency", "attributes": {"latency": 5, "jitter": 5}}`,
	`{"type": "slicer", "toxicity": 0.2, "attributes": {"average_size": 20, "size_variation": 10, "delay": 500}}`,
	`{"type": "repeat", "toxicity": 0.3}`,
	// The answer breaks off in its midst, the request never arrives whole, the connection is reset, or nothing is heard any more.
	`{"type": "limit_data", "toxicity": 0.05, "attributes": {"bytes": 100}}`,
	`{"type": "limit_data", "stream": "upstream", "toxicity": 0.03, "attributes": {"bytes": 20}}`,
	`{"type": "reset_peer", "toxicity": 0.03, "attributes": {"timeout": 0}}`,
	`{"type": "timeout", "toxicity": 0.01, "attributes": {"timeout": 500}}`,
}

// network begins a network between processes and a server that delays, divides, cuts and repeats what it carries. It returns where
// the server is reached through it.
func network(t *testing.T, server string) string {
	t.Helper()
	toxics.Register("repeat", &repeat{})
	log := zerolog.Nop()
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), log)
	p := toxiproxy.NewProxy(api, "world", "127.0.0.1:0", strings.TrimPrefix(server, "http://"))
	for _, ill := range ills {
		if _, err := p.Toxics.AddToxicJson(strings.NewReader(ill)); err != nil {
			t.Fatalf("%s: %v", ill, err)
		}
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return "http://" + p.Listen
}
