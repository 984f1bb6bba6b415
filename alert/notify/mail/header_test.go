package mail

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
	"testing"

	"haproxy-alert/alert/notify"
)

func TestFold(t *testing.T) {
	word := strings.Repeat("x", 40)
	tests := map[string]struct{ value, want string }{
		"empty":            {"", ""},
		"short":            {"a b", "Subject: a b\r\n"},
		"two words":        {word + " " + word, "Subject: " + word + "\r\n " + word + "\r\n"},
		"never at once":    {word + word, "Subject: " + word + word + "\r\n"},
		"just fits":        {word + " " + word[:26], "Subject: " + word + " " + word[:26] + "\r\n"},
		"just not":         {word + " " + word[:27], "Subject: " + word + "\r\n " + word[:27] + "\r\n"},
		"no line is blank": {word + "   " + word, "Subject: " + word + "  \r\n " + word + "\r\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			fold(&b, field{"Subject", tt.value})
			if got := b.String(); got != tt.want {
				t.Errorf("fold(%q) = %q, want %q", tt.value, got, tt.want)
			}
		})
	}
}

func TestEncoded(t *testing.T) {
	for _, s := range []string{"", "plain ASCII, as it is?", "=?utf-8?q?=41?=", "é", strings.Repeat("日本語 ", 50), strings.Repeat("a", 60) + "é"} {
		got := encoded(s)
		back, err := new(mime.WordDecoder).DecodeHeader(got)
		if err != nil || back != s {
			t.Errorf("encoded(%q) = %q, which reads %q (%v)", s, got, back, err)
		}
		for word := range strings.FieldsSeq(got) {
			if got != s && len(word) > 52 {
				t.Errorf("encoded(%q) has a word of %d octets", s, len(word))
			}
		}
	}
	if got := encoded("DOWN be/s1"); got != "DOWN be/s1" {
		t.Errorf("encoded(ASCII) = %q, want it untouched", got)
	}
}

func TestMailbox(t *testing.T) {
	for _, name := range []string{"", "Jane", "Doe, Jane", `"J" \o/`, "Jäne (ops)", "=?utf-8?q?x?=", "a  b\r\nBcc: c"} {
		got, err := mailbox(mail.Address{Name: name, Address: "jane@example.com"})
		if err != nil {
			t.Errorf("mailbox(%q): %v", name, err)
			continue
		}
		back, err := mail.ParseAddress(got)
		if err != nil || back.Address != "jane@example.com" || back.Name != notify.OneLine(name, notify.MaxLine) {
			t.Errorf("mailbox(%q) = %q, which reads %+v (%v)", name, got, back, err)
		}
	}
}
