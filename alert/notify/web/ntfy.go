package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"regexp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// ntfyLimit: ntfy makes an attachment of a message over 4096 octets, where it may, and
// refuses a request over twice that.
var ntfyLimit = notify.Limit{Most: 3900, Size: notify.Quoted}

// Ntfy publishes to a topic of ntfy, as JSON.
type Ntfy struct {
	notify.Settings
	// URL is the server's; empty is https://ntfy.sh.
	URL string `toml:"url"`
	Web
	// Topic is a secret where the server lets everybody read: who knows it can.
	Topic notify.Secret `toml:"topic"`
	// Token is an access token; empty publishes without a login.
	Token notify.Secret `toml:"token"`
}

// Notifier returns the channel itself.
func (n *Ntfy) Notifier(*slog.Logger) alert.Notifier { return n }

var ntfyTopic = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (n *Ntfy) url() string { return cmp.Or(n.URL, "https://ntfy.sh") }

// Check returns the faults of the settings, each "key: cause".
func (n *Ntfy) Check() []error {
	faults := append(checkURL("url", n.url()), n.checkWeb()...)
	if !ntfyTopic.MatchString(string(n.Topic)) {
		faults = append(faults, fmt.Errorf("topic: want letters, digits, '-' and '_', at most 64"))
	}
	return append(faults, checkToken("token", n.Token)...)
}

type ntfyMessage struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Priority int      `json:"priority"` // 5 overrides "do not disturb"
	Tags     []string `json:"tags"`
}

// Notify publishes the notice.
func (n *Ntfy) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	r := request{target: n.url(), header: bearer(n.Token), attempt: d.Attempt, secrets: []notify.Secret{n.Topic}}
	_, err := n.post(ctx, r, ntfyMessage{
		Topic: string(n.Topic), Title: notify.Subject(d.Notice), Message: ntfyLimit.Body(d),
		Priority: ntfyPriority(d.Notice), Tags: []string{ntfyTag(d.Notice), "haproxy"},
	})
	if err != nil {
		return alert.Receipt{}, fmt.Errorf("ntfy %s: %w", n.Name, err)
	}
	return alert.Receipt{}, nil
}

func ntfyPriority(n alert.Notice) int {
	switch {
	case moodOf(n) != bad:
		return 3
	case n.Severity == alert.Emergency:
		return 5
	}
	return 4
}

func ntfyTag(n alert.Notice) string {
	return map[mood]string{bad: "rotating_light", good: "white_check_mark", calm: "wrench"}[moodOf(n)]
}
