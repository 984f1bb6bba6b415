package interop_test

import (
	"bufio"
	"cmp"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// postmaster says what becomes of each recipient, to Postfix (SMTPD_POLICY_README) and to
// Exim, which asks in the same words.
type postmaster struct {
	port uint16

	mu   sync.Mutex
	says map[string][]string // by recipient: one answer a question, then all is well
}

func startPostmaster(t *testing.T) *postmaster {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	j := &postmaster{port: ln.Addr().(*net.TCPAddr).AddrPort().Port()}
	var wg sync.WaitGroup
	open := map[net.Conn]bool{}
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			j.mu.Lock()
			open[conn] = true
			j.mu.Unlock()
			wg.Go(func() { j.hear(conn) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		j.mu.Lock()
		for conn := range open {
			_ = conn.Close()
		}
		j.mu.Unlock()
		wg.Wait()
	})
	return j
}

// rule sets the answers to come.
func (j *postmaster) rule(says map[string][]string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.says = says
}

// hear answers questions: lines up to a blank one. Exim's answer ends with the connection.
func (j *postmaster) hear(conn net.Conn) {
	defer conn.Close()
	var recipient string
	var once bool
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		switch name {
		case "recipient":
			recipient = value
		case "request":
			once = value == "exim"
		case "":
			if _, err := fmt.Fprintf(conn, "action=%s\n\n", j.next(recipient)); err != nil || once {
				return
			}
		}
	}
}

func (j *postmaster) next(recipient string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := j.says[recipient]
	if len(list) == 0 {
		return "DUNNO"
	}
	j.says[recipient] = list[1:]
	return cmp.Or(list[0], "DUNNO")
}
