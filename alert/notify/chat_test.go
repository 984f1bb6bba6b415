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

func TestChatTextCountsWhatIsCut(t *testing.T) {
	n := problem()
	n.Body = ""
	for k := range 100 {
		n.Body += fmt.Sprintf("line %d\n", k)
	}
	text := chatText(dispatch(n), 100)
	if utf8.RuneCountInString(text) > 100 || !strings.HasSuffix(text, "lines more]") || !strings.HasPrefix(text, "line 0\nline 1\n") {
		t.Errorf("%q", text)
	}
	var shown, cut int
	shown = strings.Count(text, "line ")
	if _, err := fmt.Sscanf(text[strings.LastIndexByte(text, '['):], "[%d lines", &cut); err != nil || shown+cut != 100 {
		t.Errorf("%d shown and %d cut, want 100 in all: %q", shown, cut, text)
	}
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
