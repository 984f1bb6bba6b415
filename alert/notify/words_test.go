package notify

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"a b":                         "a b",
		" a\t\r\n b\u00a0\u2028c ":    "a b c",
		"\x00\x1b[1mb\x7f\u009b":      "[1mb",
		"\u202ea\u2066\u200b\ufeffb":  "ab",
		"\xffa\xc3":                   "a",
		"0123456789":                  "0123456789",
		"0123456789x":                 "012345678…",
		"01234567 9xyz":               "01234567…",
		"éééééééééé":                  "éééééééééé",
		"ééééééééééé":                 "ééééééééé…",
		"\x1b\x1b\x1b\x1b\x1b0123456": "0123456",
	} {
		if got := OneLine(in, 10); got != want {
			t.Errorf("oneLine(%q, 10) = %q, want %q", in, got, want)
		}
	}
}

func TestBodyText(t *testing.T) {
	late := "Late by 2m: this was due at 2026-11-05 10:20:30 +0100.\n"
	tests := map[string]struct {
		body  string
		delay time.Duration
		want  string
	}{
		"empty":              {"", 0, ""},
		"line end":           {"a", 0, "a\n"},
		"blank lines":        {"\n\na  \r\n\r\nb\n\n", 0, "a\n\nb\n"},
		"not yet late":       {"a", 59 * time.Second, "a\n"},
		"late":               {"a", 2 * time.Minute, late + "\na\n"},
		"late without words": {"", 2 * time.Minute, late},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n := notifytest.Problem()
			n.Body = tt.body
			if got := BodyText(alert.Dispatch{Notice: n, Delay: tt.delay}); got != tt.want {
				t.Errorf("bodyText = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBodyHTML(t *testing.T) {
	late := "\n<p>Late by 2m: this was due at 2026-11-05 10:20:30 +0100.</p>\n"
	tests := map[string]struct {
		page  string
		delay time.Duration
		want  string
	}{
		"none":               {"", 0, ""},
		"none, late":         {"", 2 * time.Minute, ""},
		"controls":           {"<p>\x1b[1m\x00\u202ea\r\n\tb</p>\n", 0, "<p>[1ma\n b</p>\n"},
		"late fragment":      {"<p>a</p>", 2 * time.Minute, late + "<p>a</p>\n"},
		"late page":          {"<html><Body class=x><p>a</p>", 2 * time.Minute, "<html><Body class=x>" + late + "<p>a</p>\n"},
		"a word like <body>": {"<bodyguard><p>a</p>", 2 * time.Minute, late + "<bodyguard><p>a</p>\n"},
		"just maxBody":       {strings.Repeat("x", MaxBody), 0, strings.Repeat("x", MaxBody) + "\n"},
		"too long":           {strings.Repeat("x", MaxBody+1), 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n := notifytest.Problem()
			n.HTML = tt.page
			if got := BodyHTML(alert.Dispatch{Notice: n, Delay: tt.delay}); got != tt.want {
				t.Errorf("bodyHTML = %.200q, want %.200q", got, tt.want)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	line := strings.Repeat("é", 40) + "\n"
	for name, text := range map[string]string{
		"lines":    strings.Repeat(line, MaxBody/len(line)+10),
		"one line": "x" + strings.Repeat("é", MaxBody),
	} {
		got := shorten(text)
		if len(got) > MaxBody+40 || !utf8.ValidString(got) || !strings.HasSuffix(got, " octets more were cut]") {
			t.Errorf("%s: shorten returned %d octets ending in %q", name, len(got), got[len(got)-60:])
		}
	}
	if text := strings.Repeat("x", MaxBody); shorten(text) != text {
		t.Error("shorten changed a body of just maxBody")
	}
}

func TestSubjectIsNeverEmpty(t *testing.T) {
	n := notifytest.Problem()
	n.Subject = "\x00\r\n"
	if got := Subject(n); got != "problem be_shop/web1" {
		t.Errorf("subject = %q", got)
	}
}
