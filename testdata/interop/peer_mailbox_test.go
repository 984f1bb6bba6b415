package interop_test

import (
	"bytes"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A letter is one mail as the mailbox has it, decoded.
type letter struct {
	queueID    string // Postfix's; these sort by the time of acceptance
	protocol   string // of that dialogue: ESMTP, or ESMTPS with TLS (RFC 3848)
	subject    string
	messageID  string
	inReplyTo  string
	references []string
	header     mail.Header
	text       string // the text/plain body
}

// letters returns all mails in the order in which Postfix accepted them.
func (m *postfix) letters(t *testing.T) []letter {
	t.Helper()
	if m.read == nil {
		m.read = map[string]letter{}
	}
	for _, e := range m.newMail() {
		if _, known := m.read[e.Name()]; !known {
			m.read[e.Name()] = readLetter(t, filepath.Join(m.inbox, e.Name()))
		}
	}
	return slices.SortedFunc(maps.Values(m.read), func(a, b letter) int { return strings.Compare(a.queueID, b.queueID) })
}

// awaitLetters waits until there are n mails and returns them.
func (m *postfix) awaitLetters(t *testing.T, n int, within time.Duration) []letter {
	t.Helper()
	eventually(t, within, "mailbox: all mails there", func() bool {
		m.alive(t)
		return len(m.newMail()) >= n
	})
	return m.letters(t)
}

// newMail lists the Maildir; Postfix makes it for the first mail.
func (m *postfix) newMail() []os.DirEntry {
	entries, _ := os.ReadDir(m.inbox)
	return entries
}

// received finds the protocol and the queue id in the line of our Postfix.
var received = regexp.MustCompile(`by mx\.example\.net \(Postfix\) with (?:UTF8)?(E?SMTPS?) id ([0-9A-Za-z]+)`)

func readLetter(t *testing.T, path string) letter {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("read mail %s: %v", path, err)
	}
	id := received.FindStringSubmatch(strings.Join(msg.Header["Received"], " "))
	if id == nil {
		t.Fatalf("mail %s: no queue id in Received: %q", path, msg.Header["Received"])
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		t.Fatalf("mail %s: %v", path, err)
	}
	return letter{
		protocol: id[1], queueID: id[2], subject: subject, header: msg.Header, text: plainText(t, msg),
		messageID:  msg.Header.Get("Message-Id"),
		inReplyTo:  msg.Header.Get("In-Reply-To"),
		references: strings.Fields(msg.Header.Get("References")),
	}
}

// plainText decodes the text/plain body, alone or the first of alternatives.
func plainText(t *testing.T, msg *mail.Message) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	body := msg.Body
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		part, err := multipart.NewReader(body, params["boundary"]).NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body = part // decodes quoted-printable itself
	case strings.EqualFold(msg.Header.Get("Content-Transfer-Encoding"), "quoted-printable"):
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
