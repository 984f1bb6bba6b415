package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"haproxy-alert/alert/notify"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// No text from outside calls people, ends a block, leaves its place in the JSON or is
// without bound.
func TestHostileTextInEveryWebChannel(t *testing.T) {
	for name, channel := range webChannels {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := notifytest.StartWebPeer(t, notifytest.Answering(http.StatusOK, "{}"))
				n := channel(webTo(p))
				if _, err := n.Notify(t.Context(), notifytest.Dispatch(notifytest.Hostile())); err != nil {
					t.Fatal(err)
				}
				body := p.Bodies[0]
				var v any
				if err := json.Unmarshal([]byte(body), &v); err != nil || !utf8.ValidString(body) {
					t.Fatalf("not JSON: %v", err)
				}
				texts(v, func(s string) {
					if strings.ContainsAny(s, "\x1b\x00\r\u202e") {
						t.Errorf("control characters in %q", s)
					}
				})
				if most := map[string]int{"slack": 8_000, "telegram": 9_000, "ntfy": 5_000, "teams": 28_000}[name]; most > 0 {
					if len(body) > most {
						t.Errorf("%d octets, want at most %d", len(body), most)
					}
					for _, call := range []string{"<!channel>", "@everyone", "@channel", "<@U1>", "<https"} {
						if name != "ntfy" && name != "teams" && strings.Contains(body, call) && (name == "slack" || call[0] == '@') {
							t.Errorf("%s stands in %.300s", call, body)
						}
					}
				}
			})
		})
	}
}

// texts calls fn with each string in a JSON value.
func texts(v any, fn func(string)) {
	switch v := v.(type) {
	case string:
		fn(v)
	case []any:
		for _, e := range v {
			texts(e, fn)
		}
	case map[string]any:
		for _, e := range v {
			texts(e, fn)
		}
	}
}

func TestLimitCountsWhatIsCut(t *testing.T) {
	n := notifytest.Problem()
	n.Body = ""
	for k := range 100 {
		n.Body += fmt.Sprintf("line %d\n", k)
	}
	for name, l := range map[string]notify.Limit{"size": {Most: 100, Size: notify.Runes}, "lines": {Most: 1e6, Size: notify.Runes, Lines: 7}} {
		text := l.Body(notifytest.Dispatch(n))
		if notify.Runes(text) > 100 || !strings.HasSuffix(text, "lines more]") || !strings.HasPrefix(text, "line 0\nline 1\n") {
			t.Errorf("%s: %q", name, text)
		}
		var cut int
		shown := strings.Count(text, "line ")
		if _, err := fmt.Sscanf(text[strings.LastIndexByte(text, '['):], "[%d lines", &cut); err != nil || shown+cut != 100 {
			t.Errorf("%s: %d shown and %d cut, want 100 in all: %q", name, shown, cut, text)
		}
		if l.Lines > 0 && strings.Count(text, "\n")+1 != l.Lines {
			t.Errorf("%s: %q", name, text)
		}
	}
	for body, want := range map[string]string{
		"short\n":                              "short",
		strings.Repeat("<", 99):                strings.Repeat("&lt;", 9) + "…",
		strings.Repeat("é", 99) + "\nand more": strings.Repeat("é", 36) + "…\n[1 lines more]",
	} {
		n.Body = body
		if got := (notify.Limit{Most: 52, Size: notify.Runes, Write: slackText}).Body(notifytest.Dispatch(n)); got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
}

// Whatever a server writes, no service gets more than it takes: it would refuse it, and
// with it the alert.
func FuzzLimits(f *testing.F) {
	for _, seed := range []string{
		"plain", strings.Repeat("@", 5000), strings.Repeat("<&>`](", 3000), strings.Repeat("\U0001f525", 4000),
		strings.Repeat("\"\\\n", 4000), strings.Repeat("\n\n\n", 4000), "x\n" + strings.Repeat("é", 9000) + "\ny",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, subjectText, body string) {
		n := notifytest.Problem()
		n.Subject, n.Body = subjectText, body
		d := notifytest.Dispatch(n)
		if text := "```\n" + slackLimit.Body(d) + "\n```"; notify.Units(text) > 4096 || strings.Count(text, "`") != 6 {
			t.Errorf("slack: %d units: %.200q", notify.Units(text), text)
		}
		if title := slackText(notify.Subject(n)); notify.Units(title) > 2000 || strings.ContainsAny(title, "<>") {
			t.Errorf("slack: subject %q", title)
		}
		if text := unmentioned(notify.Subject(n)) + "\n\n" + telegramLimit.Body(d); notify.Units(text) > 4096 || strings.Contains(strings.ReplaceAll(text, "@\u200b", ""), "@") {
			t.Errorf("telegram: %d units: %.200q", notify.Units(text), text)
		}
		if message := ntfyLimit.Body(d); len(message) > 4096 || notify.Quoted(message)+notify.Quoted(notify.Subject(n)) > 7800 {
			t.Errorf("ntfy: %d octets", len(message))
		}
		if card, err := notify.ToJSON(teamsCard(d)); err != nil || len(card) > 27_000 {
			t.Errorf("teams: %d octets, %v", len(card), err)
		}
	})
}

func TestTelegramAsksToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := notifytest.StartWebPeer(t, notifytest.Answering(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":17}}`))
		_, err := webChannels["telegram"](webTo(p)).Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if later, ok := errors.AsType[laterError](err); !ok || later.wait != 17*time.Second {
			t.Errorf("%v does not ask to wait 17s", err)
		}
	})
}
