package mail

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/jordan-wright/email"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// compose returns the letter, header and body, with CRLF line ends and no line
// over 998 octets. The same notice gives the same bytes, but for the line that
// says how late a late one is.
//
// jordan-wright/email makes the MIME entity: text alone, or text and HTML as
// alternatives (RFC 2046 section 5.1.4).
func (m *Mailer) compose(d alert.Dispatch) ([]byte, error) {
	fields, err := m.fields(d.Notice)
	if err != nil {
		return nil, err
	}
	e := email.NewEmail()
	for _, f := range fields {
		e.Headers.Set(f.name, f.value)
	}
	e.Text = []byte(cmp.Or(notify.BodyText(d), notify.Subject(d.Notice)+"\n"))
	e.HTML = []byte(notify.BodyHTML(d))
	raw, err := e.Bytes()
	if err != nil {
		return nil, err
	}
	return canonical(raw, fields, boundaryOf(d.Notice))
}

// boundaryOf returns what parts the alternatives. "=_" stands in no body in
// quoted-printable (RFC 2045 section 6.7), so no body can end its part.
func boundaryOf(n alert.Notice) string { return "=_" + atom(n.ID) }

// fields returns the header of a notice's letter in the order it is written.
//
// Auto-Submitted (RFC 3834) and X-Auto-Response-Suppress (Exchange) keep
// out-of-office robots quiet. There is no Precedence: RFC 2076 discourages it,
// and "bulk" makes filters distrust what should arrive first of all.
func (m *Mailer) fields(n alert.Notice) ([]field, error) {
	from, err := mailbox(m.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	to := make([]string, len(m.To))
	for i, a := range m.To {
		if to[i], err = mailbox(a); err != nil {
			return nil, fmt.Errorf("to: %w", err)
		}
	}
	domain := m.From.Address[strings.LastIndexByte(m.From.Address, '@')+1:]
	t := threadOf(n, domain)
	return []field{
		{"From", from},
		{"To", strings.Join(to, ", ")},
		{"Subject", encoded(m.subject(n))},
		{"Date", n.Time.UTC().Format(time.RFC1123Z)},
		{"Message-ID", t.id},
		{"In-Reply-To", t.parent},
		{"References", strings.TrimSpace(t.root + " " + t.parent)},
		{"Auto-Submitted", "auto-generated"},
		{"X-Auto-Response-Suppress", "All"},
		{"List-Id", listID(domain)},
		{"X-HAProxy-Proxy", encoded(notify.OneLine(n.Proxy, notify.MaxLine))},
		{"X-HAProxy-Server", encoded(notify.OneLine(n.Server, notify.MaxLine))},
		{"X-HAProxy-Kind", n.Kind.String()},
		{"X-HAProxy-Severity", n.Severity.String()},
		{"X-HAProxy-Incident", encoded(notify.OneLine(n.Incident, notify.MaxLine))},
		{"X-HAProxy-Host", encoded(notify.OneLine(strings.Join(n.Observers, ", "), notify.MaxLine))},
	}, nil
}

// thread places a letter in its incident's conversation (RFC 5322 section 3.6.4).
// All of them refer to a root that is never sent, so they are one thread even
// where the first letter was lost.
type thread struct{ id, parent, root string }

func threadOf(n alert.Notice, domain string) thread {
	t := thread{
		id:   "<" + atom(n.ID) + ".haproxy-alert@" + domain + ">",
		root: "<incident." + atom(n.Incident) + ".haproxy-alert@" + domain + ">",
	}
	if n.First != "" && n.First != n.ID {
		t.parent = "<" + atom(n.First) + ".haproxy-alert@" + domain + ">"
	}
	return t
}

// atom returns s, or its hash where s cannot stand in a Message-ID.
func atom(s string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if s != "" && len(s) <= 64 && strings.Trim(s, letters) == "" {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// listID returns the List-Id for filters (RFC 2919); a domain that is an address
// literal or a bare name is none of its own.
func listID(domain string) string {
	if strings.HasPrefix(domain, "[") || !strings.Contains(domain, ".") {
		domain = "localhost"
	}
	return "haproxy-alert <haproxy-alert." + domain + ">"
}

// maxAddress is the longest address in octets (RFC 5321 section 4.5.3.1.3, less
// the angle brackets).
const maxAddress = 254

// plainAddress returns a's address as it stands in a header and in a command. It
// must be ASCII and need no quotes, so that it can inject nothing into either.
func plainAddress(a mail.Address) (string, error) {
	spec := (&mail.Address{Address: a.Address}).String()
	parsed, err := mail.ParseAddress(spec)
	switch {
	case err != nil, parsed.Address != a.Address, spec != "<"+a.Address+">":
		return "", fmt.Errorf("want an address such as ops@example.com, not %q", a.Address)
	case strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "", fmt.Errorf("want ASCII, an international domain in its xn-- form, not %q", a.Address)
	case len(a.Address) > maxAddress:
		return "", fmt.Errorf("want at most %d octets, not %q", maxAddress, a.Address)
	}
	return a.Address, nil
}
