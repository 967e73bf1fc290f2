package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"guitu/publishers/partner"
)

// partnerCmd is a partner's side of the channel "partner", to try it with and to copy from.
type partnerCmd struct {
	Listen     string `help:"host:port to listen on." default:"127.0.0.1:8090"`
	SecretFile string `help:"File with the secret that both sides know, whsec_ and base64." required:"" type:"existingfile"`
}

// taken is a line that the demo prints.
type taken struct {
	ID string `json:"id"`
	partner.Event
}

// Run prints each event once, as a JSON line, until ctx ends.
func (c *partnerCmd) Run(ctx context.Context, stdout io.Writer) error {
	secret, err := readLimited(c.SecretFile, maxSecret)
	if err != nil {
		return err
	}
	out := json.NewEncoder(stdout)
	receiver, err := partner.NewReceiver(strings.TrimSpace(string(secret)), func(id string, e partner.Event) (partner.Reach, error) {
		return partner.Reach{Devices: 1}, out.Encode(taken{id, e})
	})
	if err != nil {
		return err
	}
	srv := &http.Server{Addr: c.Listen, Handler: receiver, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	stop := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = srv.Shutdown(end)
	})
	defer stop()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}
