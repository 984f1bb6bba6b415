package mail

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// letterFields are the names a letter may have, in their order.
var letterFields = []string{
	"From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
	"X-Auto-Response-Suppress", "List-Id", "X-HAProxy-Proxy", "X-HAProxy-Server", "X-HAProxy-Kind", "X-HAProxy-Severity",
	"X-HAProxy-Incident", "X-HAProxy-Host", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}

// checkLetter holds a letter against what every letter promises.
func checkLetter(t *testing.T, letter []byte, d alert.Dispatch) {
	t.Helper()
	checkLines(t, letter)
	checkNames(t, letter)
	m, err := mail.ReadMessage(bytes.NewReader(letter))
	if err != nil {
		t.Fatalf("read letter: %v\n%s", err, letter)
	}
	if _, err := m.Header.Date(); err != nil {
		t.Errorf("date: %v", err)
	}
	for _, name := range []string{"From", "To"} {
		if _, err := m.Header.AddressList(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if want := notify.Subject(d.Notice); err != nil || got != want {
		t.Errorf("subject is %q (%v), want %q", got, err, want)
	}
	if page := notify.BodyHTML(d); page != "" {
		checkAlternatives(t, m, d, page)
		return
	}
	checkBody(t, textproto.MIMEHeader(m.Header), m.Body, "text/plain", notify.BodyText(d))
}

// checkAlternatives wants the text and then the HTML, and nothing else.
func checkAlternatives(t *testing.T, m *mail.Message, d alert.Dispatch, page string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" || params["boundary"] != "=_"+atom(d.Notice.ID) {
		t.Fatalf("content type is %q (%v)", m.Header.Get("Content-Type"), err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range [][2]string{{"text/plain", notify.BodyText(d)}, {"text/html", page}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("%s: %v", want[0], err)
		}
		checkBody(t, part.Header, part, want[0], want[1])
	}
	if part, err := parts.NextRawPart(); err != io.EOF {
		t.Errorf("one part more: %v (%v)", part, err)
	}
}

// checkBody wants one entity of that type in quoted-printable, with lines that keep to
// its limit.
func checkBody(t *testing.T, header textproto.MIMEHeader, encoded io.Reader, kind, want string) {
	t.Helper()
	if got := header.Get("Content-Type"); got != kind+"; charset=UTF-8" {
		t.Errorf("content type is %q, want %s", got, kind)
	}
	if got := header.Get("Content-Transfer-Encoding"); got != "quoted-printable" {
		t.Errorf("transfer encoding is %q", got)
	}
	raw, err := io.ReadAll(encoded)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 76 { // RFC 2045 section 6.7 (5)
			t.Errorf("an encoded line has %d octets: %q", len(line), line)
		}
	}
	body, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
	if err != nil || want != "" && strings.ReplaceAll(string(body), "\r\n", "\n") != want {
		t.Errorf("body is %q (%v), want %q", body, err, want)
	}
}

// checkLines wants CRLF at every line's end and nowhere else, ASCII, and RFC
// 5322's and RFC 2047's limits.
func checkLines(t *testing.T, letter []byte) {
	t.Helper()
	if !bytes.HasSuffix(letter, []byte("\r\n")) {
		t.Errorf("the letter ends in %q", letter[max(0, len(letter)-10):])
	}
	for line := range bytes.SplitSeq(letter, []byte("\r\n")) {
		switch {
		case len(line) > 998:
			t.Errorf("a line has %d octets: %q", len(line), line)
		case len(line) > 76 && bytes.Contains(line, []byte("=?utf-8?")):
			t.Errorf("a line with an encoded word has %d octets: %q", len(line), line)
		case bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f }):
			t.Errorf("a line is not printable ASCII: %q", line)
		}
	}
}

// checkNames wants every field at most once, in the one order.
func checkNames(t *testing.T, letter []byte) {
	t.Helper()
	head, _, ok := strings.Cut(string(letter), "\r\n\r\n")
	if !ok {
		t.Fatalf("no end of the header in %q", letter)
	}
	rest := letterFields
	for line := range strings.SplitSeq(head, "\r\n") {
		if strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "" {
			continue
		}
		name, _, _ := strings.Cut(line, ": ")
		i := slices.Index(rest, name)
		if i < 0 {
			t.Fatalf("unexpected field %q in\n%s", line, head)
		}
		rest = rest[i+1:]
	}
}
