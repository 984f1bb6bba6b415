package notify

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

	"haproxy-alert/alert"
)

// hostile is a notice as a checked server and a client would like to write it.
func hostile() alert.Notice {
	n := problem()
	evil := "<!channel> <https://evil.example|click> @everyone @channel <@U1> ``` {{.ID}} %s \x1b[2J \u202e\" \r\nX-Evil: 1\x00 \xff"
	n.Subject, n.Proxy, n.Server = evil, "px"+evil, "s1"+evil
	n.Body = evil + "\n" + strings.Repeat("a long line of a long body\n", 40_000)
	n.Observers = []string{evil}
	n.Parts[0].Reason, n.Parts[0].Key = evil, evil
	return n
}

// No text from outside calls people, ends a block, leaves its place in the JSON or is
// without bound.
func TestHostileTextInEveryWebChannel(t *testing.T) {
	for name, channel := range webChannels {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := startWebPeer(t, answering(http.StatusOK, "{}"))
				n := channel(p.web())
				if _, err := n.Notify(t.Context(), dispatch(hostile())); err != nil {
					t.Fatal(err)
				}
				body := p.bodies[0]
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
	n := problem()
	n.Body = ""
	for k := range 100 {
		n.Body += fmt.Sprintf("line %d\n", k)
	}
	for name, l := range map[string]limit{"size": {most: 100, size: runes}, "lines": {most: 1e6, size: runes, lines: 7}} {
		text := l.body(dispatch(n))
		if runes(text) > 100 || !strings.HasSuffix(text, "lines more]") || !strings.HasPrefix(text, "line 0\nline 1\n") {
			t.Errorf("%s: %q", name, text)
		}
		var cut int
		shown := strings.Count(text, "line ")
		if _, err := fmt.Sscanf(text[strings.LastIndexByte(text, '['):], "[%d lines", &cut); err != nil || shown+cut != 100 {
			t.Errorf("%s: %d shown and %d cut, want 100 in all: %q", name, shown, cut, text)
		}
		if l.lines > 0 && strings.Count(text, "\n")+1 != l.lines {
			t.Errorf("%s: %q", name, text)
		}
	}
	for body, want := range map[string]string{
		"short\n":                              "short",
		strings.Repeat("<", 99):                strings.Repeat("&lt;", 9) + "…",
		strings.Repeat("é", 99) + "\nand more": strings.Repeat("é", 36) + "…\n[1 lines more]",
	} {
		n.Body = body
		if got := (limit{most: 52, size: runes, write: slackText}).body(dispatch(n)); got != want {
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
		n := problem()
		n.Subject, n.Body = subjectText, body
		d := dispatch(n)
		if text := "```\n" + slackLimit.body(d) + "\n```"; units(text) > 4096 || strings.Count(text, "`") != 6 {
			t.Errorf("slack: %d units: %.200q", units(text), text)
		}
		if title := slackText(subject(n)); units(title) > 2000 || strings.ContainsAny(title, "<>") {
			t.Errorf("slack: subject %q", title)
		}
		if text := unmentioned(subject(n)) + "\n\n" + telegramLimit.body(d); units(text) > 4096 || strings.Contains(strings.ReplaceAll(text, "@\u200b", ""), "@") {
			t.Errorf("telegram: %d units: %.200q", units(text), text)
		}
		if message := ntfyLimit.body(d); len(message) > 4096 || quoted(message)+quoted(subject(n)) > 7800 {
			t.Errorf("ntfy: %d octets", len(message))
		}
		if card, err := toJSON(teamsCard(d)); err != nil || len(card) > 27_000 {
			t.Errorf("teams: %d octets, %v", len(card), err)
		}
	})
}

func TestTelegramAsksToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := startWebPeer(t, answering(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":17}}`))
		_, err := webChannels["telegram"](p.web()).Notify(t.Context(), dispatch(problem()))
		if later, ok := errors.AsType[laterError](err); !ok || later.wait != 17*time.Second {
			t.Errorf("%v does not ask to wait 17s", err)
		}
	})
}
