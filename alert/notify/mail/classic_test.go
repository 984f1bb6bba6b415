package mail

import (
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// nativeSubjects are those that HAProxy 2.6.12's own mailers sent of servers.
func nativeSubjects(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../../testdata/mail/classic.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// classicDispatch is a notice made by log lines.
func classicDispatch(lines ...string) alert.Dispatch {
	n := notifytest.Problem()
	n.Parts[0].Lines = lines
	return notifytest.Dispatch(n)
}

// Each log line is mailed with the subject that HAProxy's own mailers gave it.
func TestClassicSubjects(t *testing.T) {
	for _, want := range nativeSubjects(t) {
		synctest.Test(t, func(t *testing.T) {
			s := (&notifytest.Script{}).Start(t)
			m := mailer(s)
			m.Style = StyleClassic
			line := strings.TrimPrefix(want, classicMark)
			if _, err := m.Notify(t.Context(), classicDispatch(line+".")); err != nil {
				t.Fatal(err)
			}
			got := readLetter(t, s.Taken()[0])
			if got.Header.Get("Subject") != want || got.Header.Get("X-HAProxy-Kind") != "problem" {
				t.Errorf("subject %q, want %q", got.Header.Get("Subject"), want)
			}
		})
	}
}

func readLetter(t *testing.T, text string) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A notice of three lines is three letters in their order; what was taken before the
// relay said "later" is not sent again, and the rest goes on from there.
func TestClassicGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{}).Start(t)
		m := mailer(s)
		m.Style = StyleClassic
		d := classicDispatch("Server be/s1 is DOWN.", "Server be/s2 is DOWN.", "backend be has no server available!")
		d.Done = []string{"a@example.com#1"}
		receipt, err := m.Notify(t.Context(), d)
		if err != nil || !slices.Equal(receipt.Done, []string{"a@example.com#2", "a@example.com#3"}) {
			t.Errorf("%v, done %q", err, receipt.Done)
		}
		var ids, subjects []string
		for _, l := range s.Taken() {
			h := readLetter(t, l).Header
			ids, subjects = append(ids, h.Get("Message-ID")), append(subjects, h.Get("Subject"))
		}
		want := []string{"[HAProxy Alert] Server be/s2 is DOWN", "[HAProxy Alert] backend be has no server available!"}
		if !slices.Equal(subjects, want) || len(ids) != 2 || ids[0] == ids[1] {
			t.Errorf("subjects %q, ids %q", subjects, ids)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{Answers: map[string]string{"DOT": "451 4.3.0 later"}}).Start(t)
		m := mailer(s)
		m.Style = StyleClassic
		receipt, err := m.Notify(t.Context(), classicDispatch("one.", "two."))
		if err == nil || alert.IsPermanent(err) || len(receipt.Done) > 0 || len(s.Seen("DATA")) != 1 {
			t.Errorf("%v, done %q, %d letters tried; want the second to wait for the first", err, receipt.Done, len(s.Seen("DATA")))
		}
	})
}

// What no line says is one letter in words, under the same mark.
func TestClassicWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&notifytest.Script{}).Start(t)
		m := mailer(s)
		m.Style = StyleClassic
		if _, err := m.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
			t.Fatal(err)
		}
		if got := readLetter(t, s.Taken()[0]).Header.Get("Subject"); got != classicMark+notifytest.Problem().Subject {
			t.Errorf("subject %q", got)
		}
	})
}

func TestStyleIsRead(t *testing.T) {
	var s Style
	if err := s.UnmarshalText([]byte("classic")); err != nil || s != StyleClassic {
		t.Errorf("%q, %v", s, err)
	}
	if err := s.UnmarshalText([]byte("modern")); err == nil {
		t.Error("an unknown style is taken")
	}
}
