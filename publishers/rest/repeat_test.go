package rest_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"guitu/publishers/rest"
)

// stammer is a server that gives each answer twice, which is what was asked: the path.
func stammer(t *testing.T) (url string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answerTwice(conn)
		}
	}()
	return "http://" + l.Addr().String()
}

func answerTwice(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(r.URL.Path), r.URL.Path)
		if _, err := conn.Write([]byte(answer + answer)); err != nil {
			return
		}
	}
}

// An answer that comes twice is never taken for the answer to another call.
func TestAnswerTwice(t *testing.T) {
	url := stammer(t)
	c := rest.New("test", rest.Options{}, secret)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 250 {
				path := "/" + strconv.Itoa(i) + "/" + strconv.Itoa(k)
				a, err := c.Do(context.Background(), rest.Call{Method: http.MethodGet, URL: url + path, Reads: true})
				if err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
				if string(a.Body) != path {
					t.Errorf("%s is answered as %s", path, a.Body)
				}
			}
		})
	}
	wg.Wait()
}
