package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// TestGoldenMailsAreStrict holds every golden letter, and a letter for every golden page
// and notice, against RFC 5322 and RFC 2045, with a reader that forgives nothing.
func TestGoldenMailsAreStrict(t *testing.T) {
	for name, d := range manyDispatches(t) {
		t.Run(name, func(t *testing.T) {
			for kind, m := range map[string]*Mailer{"one": specimens()["problem"].mailer, "many": specimens()["foreign"].mailer} {
				raw, err := m.compose(d)
				if err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
				checkStrict(t, raw)
				text, page := readParts(t, raw)
				if want := notify.BodyText(d); want != "" && text != want {
					t.Errorf("%s: text decodes to %q, want %q", kind, text, want)
				}
				if page != notify.BodyHTML(d) {
					t.Errorf("%s: HTML decodes to %q, want %q", kind, page, notify.BodyHTML(d))
				}
			}
		})
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "mail", "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) { checkStrict(t, raw); readParts(t, raw) })
	}
}

// manyDispatches are the specimens, and one notice for each golden page and for each
// file of notices, with that text.
func manyDispatches(t *testing.T) map[string]alert.Dispatch {
	t.Helper()
	all := map[string]alert.Dispatch{}
	for name, s := range specimens() {
		all[name] = s.d
	}
	for _, pattern := range []string{"mail/*.html", "notices/*/*", "scenes/*.txtar"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := notifytest.Problem()
			if strings.HasSuffix(file, ".html") {
				n.HTML = string(raw)
			} else {
				n.Body = string(raw)
				n.Subject, _, _ = strings.Cut(n.Body, "\n")
			}
			all[file] = notifytest.Dispatch(n)
		}
	}
	return all
}

// singletons may stand in a header once (RFC 5322 section 3.6, RFC 2045 section 3).
var singletons = []string{
	"From", "To", "Subject", "Date", "Message-Id", "In-Reply-To", "References", "Mime-Version", "Content-Type",
	"Content-Transfer-Encoding", "Auto-Submitted", "List-Id",
}

func checkStrict(t *testing.T, raw []byte) {
	t.Helper()
	if bare := strings.ReplaceAll(string(raw), "\r\n", ""); strings.ContainsAny(bare, "\r\n\x00") {
		t.Error("a bare CR, LF or NUL")
	}
	head, _, found := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !found {
		t.Fatal("no end of header")
	}
	for line := range strings.SplitSeq(string(raw), "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d octets", len(line))
		}
	}
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if len(line) > 78 && strings.Contains(strings.TrimLeft(line[strings.Index(line, ":")+1:], " "), " ") {
			t.Errorf("a header line of %d octets that could be folded: %q", len(line), line)
		}
		if !isASCII(line) || strings.TrimSpace(line) == "" {
			t.Errorf("header line %q", line)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range singletons {
		if n := len(m.Header[name]); n > 1 || n == 0 && name != "In-Reply-To" && name != "Content-Transfer-Encoding" {
			t.Errorf("%d times %s", n, name)
		}
	}
	if _, err := m.Header.Date(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"From", "To"} {
		if list, err := m.Header.AddressList(name); err != nil || len(list) == 0 {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
	for name, values := range m.Header {
		for _, v := range values {
			if _, err := new(mime.WordDecoder).DecodeHeader(v); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// readParts decodes the bodies; of a multipart it wants both of its parts and its end.
func readParts(t *testing.T, raw []byte) (text, page string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		return decoded(t, m.Body, kind, params, m.Header.Get("Content-Transfer-Encoding")), ""
	}
	if kind != "multipart/alternative" || !strings.HasSuffix(strings.TrimSpace(string(raw)), "--"+params["boundary"]+"--") {
		t.Fatalf("%s without its end", kind)
	}
	var bodies []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"text/plain", "text/html"}[min(1, len(bodies))]; kind != want {
			t.Errorf("part %d is %s", len(bodies), kind)
		}
		bodies = append(bodies, decoded(t, p, kind, params, p.Header.Get("Content-Transfer-Encoding")))
	}
	if len(bodies) != 2 {
		t.Fatalf("%d parts, want 2", len(bodies))
	}
	return bodies[0], bodies[1]
}

func decoded(t *testing.T, r io.Reader, kind string, params map[string]string, encoding string) string {
	t.Helper()
	if !strings.EqualFold(params["charset"], "utf-8") {
		t.Errorf("%s in charset %q", kind, params["charset"])
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	default:
		t.Errorf("%s in encoding %q", kind, encoding)
	}
	body, err := io.ReadAll(r)
	if err != nil || !utf8.Valid(body) {
		t.Errorf("%s: %v, UTF-8 is %t", kind, err, utf8.Valid(body))
	}
	return strings.ReplaceAll(string(body), "\r\n", "\n")
}
