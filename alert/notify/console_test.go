package notify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

func TestConsole(t *testing.T) {
	hostile := notifytest.Problem()
	hostile.Subject = "DOWN be/s1\r\n\x1b[2J\u202eevil 日本語"
	hostile.Body = "one\x1b]0;title\x07\r\ntwo\x00\tthree\u2028four\xff\n\n"
	quiet := notifytest.Problem()
	quiet.Subject, quiet.Body = "\x07", ""
	calm := notifytest.Problem()
	calm.Kind, calm.Severity, calm.Body = alert.Recovery, alert.Normal, "up"
	planned := calm
	planned.Kind = alert.Planned
	const line = "2026-11-05 10:20:30 problem: DOWN be_shop/web1: Layer4 timeout, 2 of 3 servers left"
	tests := map[string]struct {
		color bool
		d     alert.Dispatch
		want  string
	}{
		"plain": {d: notifytest.Dispatch(notifytest.Problem()), want: line + `
    Server be_shop/web1 is DOWN since 10:20:28, seen by lb1 and lb2.

    Reason: Layer4 timeout, check duration 2001 ms.
    2 active servers left.
`},
		"late": {d: alert.Dispatch{Notice: calm, Delay: 90 * time.Second}, want: strings.Replace(line, "problem", "recovery", 1) + `
    Late by 1m 30s: this was due at 2026-11-05 10:20:30 +0100.

    up
`},
		"hostile": {d: notifytest.Dispatch(hostile), want: "2026-11-05 10:20:30 problem: DOWN be/s1 [2Jevil 日本語\n    one]0;title\n    two three four\n"},
		"empty":   {d: notifytest.Dispatch(quiet), want: "2026-11-05 10:20:30 problem: problem be_shop/web1\n"},
		"red":     {color: true, d: notifytest.Dispatch(quiet), want: "\x1b[1;31m2026-11-05 10:20:30 problem: problem be_shop/web1\x1b[0m\n"},
		"green":   {color: true, d: notifytest.Dispatch(calm), want: "\x1b[1;32m" + strings.Replace(line, "problem", "recovery", 1) + "\x1b[0m\n    up\n"},
		"yellow":  {color: true, d: notifytest.Dispatch(planned), want: "\x1b[1;33m" + strings.Replace(line, "problem", "planned", 1) + "\x1b[0m\n    up\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if _, err := (Console{W: &b, Color: tt.color}).Notify(t.Context(), tt.d); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConsoleTellsOfBrokenWriter(t *testing.T) {
	_, err := Console{W: brokenWriter{}}.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
	if !errors.Is(err, io.ErrShortWrite) || err.Error() != "print notice: short write" {
		t.Errorf("Notify: %v, want print notice: short write", err)
	}
}

// TestConsoleToFile writes where no deadline can be set.
func TestConsoleToFile(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/notices")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := (Console{W: f}).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
		t.Errorf("Notify: %v", err)
	}
}

// TestConsoleAfterInterrupt gives the writer back without the deadline that ended
// the write before.
func TestConsoleAfterInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c := Console{W: theirs}
		if _, err := c.Notify(ctx, notifytest.Dispatch(notifytest.Problem())); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Notify: %v, want %v", err, context.DeadlineExceeded)
		}
		go func() { _, _ = io.Copy(io.Discard, ours) }()
		if _, err := c.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem())); err != nil {
			t.Errorf("Notify after that: %v", err)
		}
	})
}

func FuzzConsole(f *testing.F) {
	f.Add("DOWN", "a\nb")
	f.Add("\x1b[31m\r", "\x9b2J\x00\xff\u2028\u202e\n\n\n")
	f.Fuzz(func(t *testing.T, subject, body string) {
		n := notifytest.Problem()
		n.Subject, n.Body = subject, body
		var b strings.Builder
		if _, err := (Console{W: &b}).Notify(t.Context(), notifytest.Dispatch(n)); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		if !utf8.ValidString(out) || strings.ContainsFunc(out, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("printed %q", out)
		}
		for i, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
			if i > 0 && line != "" && !strings.HasPrefix(line, "    ") {
				t.Errorf("line %d is not indented: %q", i, line)
			}
		}
	})
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
