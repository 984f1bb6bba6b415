package notifytest

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is a mail server that does what a test tells it to, on net.Pipe: so it
// lives in a synctest bubble, where waiting costs nothing. Its steps are CONNECT,
// EHLO, STARTTLS, HANDSHAKE, CHALLENGE (of LOGIN), AUTH, MAIL, RCPT, DATA, BODY,
// DOT and QUIT.
type Script struct {
	TLS      *tls.Config // offers STARTTLS; with implicit it is there from the start
	Implicit bool
	Auth     string            // the mechanisms offered
	Answers  map[string]string // by step, or by "RCPT address": the answer instead of success
	Stall    string            // the step at which it falls silent, answering no more; AGAIN is a second MAIL
	Hangup   string            // the step at which it closes
	Trickle  string            // the step it answers with an octet a second, for ever
	Refuse   bool              // nobody listens
	Weary    string            // its answer to a second MAIL over one connection

	done chan struct{}
	wg   sync.WaitGroup

	mu       sync.Mutex
	Dialled  int
	Commands []string // as received, with "tls " before those that came encrypted
	letters  []string
}

// start makes the script answer until the test ends.
func (s *Script) Start(t *testing.T) *Script {
	t.Helper()
	s.done = make(chan struct{})
	t.Cleanup(func() {
		close(s.done)
		s.wg.Wait()
	})
	return s
}

// dial is a Mailer's Dial.
func (s *Script) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	s.mu.Lock()
	s.Dialled++
	s.mu.Unlock()
	if s.Refuse {
		return nil, fmt.Errorf("dial %s: connection refused", address)
	}
	if s.Stall == "DIAL" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ours, theirs := net.Pipe()
	s.wg.Go(func() {
		defer ours.Close()
		(&dialogue{Script: s, conn: ours}).run()
	})
	return theirs, nil
}

func (s *Script) log(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Commands = append(s.Commands, line)
}

// seen returns the commands that begin with prefix.
func (s *Script) Seen(prefix string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.Commands), func(c string) bool { return !strings.HasPrefix(c, prefix) })
}

func (s *Script) Taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
}

// dialogue is one connection of a script.
type dialogue struct {
	*Script
	conn      net.Conn
	r         *bufio.Reader
	encrypted string
	begun     int // begun over this connection
}

func (d *dialogue) run() {
	if d.Implicit {
		d.encrypt()
	}
	d.r = bufio.NewReader(d.conn)
	if !d.answer("CONNECT", "", "220 mx.example.com ESMTP") {
		return
	}
	for {
		line, err := d.r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		d.log(d.encrypted + line)
		if !d.obey(line) {
			return
		}
	}
}

// obey answers one command; false ends the dialogue.
func (d *dialogue) obey(line string) bool {
	verb, rest, _ := strings.Cut(strings.ToUpper(line), " ")
	switch verb {
	case "EHLO":
		return d.answer(verb, "", d.extensions())
	case "STARTTLS":
		ok := d.answer(verb, "", "220 go ahead")
		d.encrypt()
		d.r = bufio.NewReader(d.conn)
		return ok
	case "AUTH":
		return d.login(rest)
	case "MAIL":
		if d.begun++; d.begun > 1 && d.Weary != "" {
			_, err := io.WriteString(d.conn, d.Weary+"\r\n")
			return err == nil
		}
		if d.begun > 1 {
			verb = "AGAIN"
		}
	case "RCPT":
		return d.answer(verb, strings.ToLower(strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")), "250 2.1.5 ok")
	case "DATA":
		return d.data()
	case "QUIT":
		d.answer(verb, "", "221 bye")
		return false
	case "*":
		return d.answer(verb, "", "501 cancelled")
	}
	return d.answer(verb, "", "250 2.1.0 ok")
}

func (d *dialogue) extensions() string {
	text := "250-mx.example.com\r\n250-SIZE 10000000\r\n250-8BITMIME\r\n"
	if d.TLS != nil && d.encrypted == "" {
		text += "250-STARTTLS\r\n"
	}
	if d.Auth != "" {
		text += "250-AUTH " + d.Auth + "\r\n"
	}
	return text + "250 ENHANCEDSTATUSCODES"
}

// login takes PLAIN with, and LOGIN without, an initial response.
func (d *dialogue) login(rest string) bool {
	if strings.HasPrefix(rest, "LOGIN") {
		for _, challenge := range []string{"User Name\x00", "pass phrase, please"} {
			if !d.answer("CHALLENGE", "", "334 "+base64.StdEncoding.EncodeToString([]byte(challenge))) {
				return false
			}
			line, err := d.r.ReadString('\n')
			if err != nil {
				return false
			}
			text, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
			d.log("LOGIN " + string(text))
		}
	}
	if rest == "CRAM-MD5" {
		d.challenge("CRAM-MD5", "<1896.697170952@postoffice.reston.mci.net>") // RFC 2195 section 2
	}
	if strings.HasPrefix(rest, "XOAUTH2") && d.Answers["AUTH"] != "" {
		d.challenge("XOAUTH2", `{"status":"401"}`)
	}
	return d.answer("AUTH", "", "235 2.7.0 welcome")
}

func (d *dialogue) challenge(method, text string) {
	d.answer("CHALLENGE", "", "334 "+base64.StdEncoding.EncodeToString([]byte(text)))
	line, _ := d.r.ReadString('\n')
	answer, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	d.log(method + " " + string(answer))
}

func (d *dialogue) data() bool {
	if !d.answer("DATA", "", "354 go ahead") || d.Answers["DATA"] != "" {
		return d.Answers["DATA"] != ""
	}
	if d.Stall == "BODY" {
		<-d.done
		return false
	}
	var letter strings.Builder
	for {
		line, err := d.r.ReadString('\n')
		if err != nil || d.Hangup == "BODY" {
			return false
		}
		if line == ".\r\n" {
			break
		}
		letter.WriteString(strings.TrimPrefix(line, "."))
	}
	if d.Answers["DOT"] == "" && d.Stall != "DOT" && d.Hangup != "DOT" {
		d.mu.Lock()
		d.letters = append(d.letters, letter.String())
		d.mu.Unlock()
	}
	return d.answer("DOT", "", "250 2.0.0 queued as 4c1d2e")
}

// answer says what the script wants said at this step.
func (d *dialogue) answer(step, address, success string) bool {
	switch step {
	case d.Hangup:
		return false
	case d.Stall:
		_, _ = io.Copy(io.Discard, d.conn) // takes all, says nothing, until the client goes
		return false
	case d.Trickle:
		for {
			time.Sleep(time.Second) // of the bubble
			if _, err := io.WriteString(d.conn, "2"); err != nil {
				return false
			}
		}
	}
	text := success
	for _, key := range []string{step, step + " " + address} {
		if a, ok := d.Answers[key]; ok {
			text = a
		}
	}
	_, err := io.WriteString(d.conn, text+"\r\n")
	return err == nil && !strings.HasPrefix(text, "421")
}

func (d *dialogue) encrypt() {
	if d.Stall == "HANDSHAKE" {
		_, _ = io.Copy(io.Discard, d.conn)
	}
	d.conn = tls.Server(d.conn, d.TLS)
	d.encrypted = "tls "
}
