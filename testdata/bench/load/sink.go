package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// A Mail is one that a Sink took.
type Mail struct {
	// Data is when the command DATA came.
	Data time.Time
	// Subject is the header line, as it came.
	Subject string
}

// A Sink is a mail server that takes everything.
type Sink struct {
	Addr   netip.AddrPort
	Mails  chan Mail // of room for many; what is not read of them is dropped
	server *smtp.Server
}

// OpenSink starts a mail server on loopback. Close ends it.
func OpenSink() (*Sink, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Sink{Mails: make(chan Mail, 1<<16)}
	s.Addr = ln.Addr().(*net.TCPAddr).AddrPort()
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{s}, nil }))
	s.server.Domain = "mx.example.net"
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = s.server.Serve(ln) }() // ends with Close
	return s, nil
}

// Close ends the server and its connections.
func (s *Sink) Close() error { return s.server.Close() }

// Await returns when DATA came for a mail whose subject has one of the words.
func (s *Sink) Await(ctx context.Context, within time.Duration, words ...string) (time.Time, error) {
	late := time.After(within)
	for {
		select {
		case m := <-s.Mails:
			for _, w := range words {
				if strings.Contains(m.Subject, w) {
					return m.Data, nil
				}
			}
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-late:
			return time.Time{}, fmt.Errorf("no mail with %q in its subject within %v", words[0], within)
		}
	}
}

// session is one dialogue.
type session struct{ sink *Sink }

func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s session) Data(r io.Reader) error {
	m := Mail{Data: time.Now()}
	body := bufio.NewScanner(r)
	for body.Scan() {
		if subject, is := strings.CutPrefix(body.Text(), "Subject: "); is && m.Subject == "" {
			m.Subject = subject
		}
	}
	select {
	case s.sink.Mails <- m:
	default:
	}
	return body.Err()
}
