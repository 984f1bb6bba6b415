package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// telegramLimit leaves room for the subject in the 4096 UTF-16 units of a text.
var telegramLimit = notify.Limit{Most: 3200, Size: notify.Units, Write: unmentioned}

// Telegram sends through a bot. The text is plain: no parse_mode, so nothing in it can be
// taken for markup.
type Telegram struct {
	notify.Settings
	// URL is that of a Bot API server of one's own; empty is https://api.telegram.org.
	URL string `toml:"url"`
	Web
	// Token is the bot's; it is a part of the address, which stands in no error.
	Token notify.Secret `toml:"token"`
	// ChatID is a number ("-100123456789") or a public name ("@ops_alerts").
	ChatID string `toml:"chat_id"`
	// ThreadID is a topic of a group; 0 is none.
	ThreadID int `toml:"thread_id"`
}

// Notifier returns the channel itself.
func (t *Telegram) Notifier(*slog.Logger) alert.Notifier { return t }

var (
	telegramToken = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
	telegramChat  = regexp.MustCompile(`^(-?[0-9]+|@[A-Za-z0-9_]+)$`)
)

func (t *Telegram) url() string { return cmp.Or(t.URL, "https://api.telegram.org") }

// Check returns the faults of the settings, each "key: cause".
func (t *Telegram) Check() []error {
	faults := append(checkURL("url", t.url()), t.checkWeb()...)
	if !telegramToken.MatchString(string(t.Token)) {
		faults = append(faults, fmt.Errorf("token: want a bot's token such as 123456:ABC-DEF"))
	}
	if !telegramChat.MatchString(t.ChatID) {
		faults = append(faults, fmt.Errorf(`chat_id: want a number such as "-100123456789", or "@name", not %q`, t.ChatID))
	}
	return faults
}

type telegramMessage struct {
	ChatID   string `json:"chat_id"`
	ThreadID int    `json:"message_thread_id,omitempty"`
	Text     string `json:"text"`
	// Silent spares a sound: good news can wait until somebody looks.
	Silent  bool            `json:"disable_notification,omitempty"`
	Preview telegramPreview `json:"link_preview_options"`
}

type telegramPreview struct {
	Disabled bool `json:"is_disabled"`
}

// Notify sends the notice.
func (t *Telegram) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	target := strings.TrimRight(t.url(), "/") + "/bot" + string(t.Token) + "/sendMessage"
	// A 400 is most often about the chat or the bot: the text is plain and short enough.
	answer, err := t.post(ctx, request{target: target, attempt: d.Attempt}, telegramMessage{
		ChatID: t.ChatID, ThreadID: t.ThreadID, Text: unmentioned(notify.Subject(d.Notice)) + "\n\n" + telegramLimit.Body(d),
		Silent: moodOf(d.Notice) == good, Preview: telegramPreview{true},
	})
	if err := telegramLater(err, answer); err != nil {
		return alert.Receipt{}, fmt.Errorf("telegram %s: %w", t.Name, err)
	}
	return alert.Receipt{}, nil
}

// telegramLater adds to an error how long the answer asks to wait.
func telegramLater(err error, answer []byte) error {
	var said struct {
		Parameters struct {
			RetryAfter uint64 `json:"retry_after"`
		} `json:"parameters"`
	}
	if err == nil || json.Unmarshal(answer, &said) != nil || said.Parameters.RetryAfter == 0 {
		return err
	}
	return laterError{err, seconds(said.Parameters.RetryAfter)}
}
