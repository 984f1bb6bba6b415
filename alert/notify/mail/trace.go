package mail

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"haproxy-alert/alert/notify"
)

// transcript tells an SMTP dialogue line by line, as go-smtp's DebugWriter sees it: above
// TLS, both sides in one stream. They take turns, so each line's side is known. What is
// secret is left out: after AUTH our lines, the server's challenges and what it says to
// the login; of the letter all but its size.
type transcript struct {
	out io.Writer

	mu     sync.Mutex
	rest   bytes.Buffer // the beginning of a line
	login  bool         // between AUTH and the reply that ends it
	asked  bool         // DATA was said
	letter bool         // between DATA's 354 and the final dot
	octets int
}

var replyLine = regexp.MustCompile(`^[2-5][0-9][0-9]([ -]|$)`)

// replyStatus is what is shown of an answer to a login: its code, and the enhanced one.
var replyStatus = regexp.MustCompile(`^[2-5][0-9][0-9]([ -][245]\.[0-9]{1,3}\.[0-9]{1,3}( |$))?`)

// Write takes any piece of the dialogue.
func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rest.Write(p)
	for {
		line, err := t.rest.ReadString('\n')
		if err != nil {
			t.rest.WriteString(line) // all of it was read: it is the whole rest again
			return len(p), nil
		}
		t.line(strings.TrimRight(line, "\r\n"))
	}
}

func (t *transcript) line(line string) {
	switch {
	case t.letter && line != ".":
		t.octets += len(line) + len("\r\n")
	case t.letter:
		t.letter = false
		t.tell("> ", fmt.Sprintf("(a letter of %d octets, then a dot)", t.octets))
	case replyLine.MatchString(line):
		t.reply(line)
	case t.login:
		t.tell("> ", "***")
	default:
		t.command(line)
	}
}

func (t *transcript) reply(line string) {
	switch {
	case t.login && strings.HasPrefix(line, "334"):
		line = "334 ***"
	case t.login:
		t.login = strings.HasPrefix(line[len("535"):], "-") // more lines of it follow
		line = strings.TrimSpace(replyStatus.FindString(line)) + " (the rest is not shown: it may repeat the password)"
	case t.asked && strings.HasPrefix(line, "354"):
		t.letter, t.octets = true, 0
	}
	t.asked = false
	t.tell("< ", line)
}

func (t *transcript) command(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "AUTH":
		method, _, _ := strings.Cut(rest, " ")
		t.login, line = true, "AUTH "+method+" ***"
	case "DATA":
		t.asked = true
	}
	t.tell("> ", line)
}

func (t *transcript) tell(side, line string) {
	fmt.Fprintln(t.out, side+notify.OneLine(line, notify.MaxBody))
}
