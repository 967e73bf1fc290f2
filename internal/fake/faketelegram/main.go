// Command faketelegram serves a fake Telegram Bot API, for tests that need it in a process of its own.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"guitu/internal/fake"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	token := flag.String("token", "1:fake", "the bot's token")
	limits := flag.Bool("limits", false, "answer 429 when a rate limit is passed")
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("http://%s\n", l.Addr())
	s := &http.Server{
		Handler:           fake.NewTelegram(fake.TelegramOptions{Token: *token, Limits: *limits}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	if err := s.Serve(l); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
