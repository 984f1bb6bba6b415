package web

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// slackLimit keeps to Discord's 4096 characters for an attachment, its fence included.
// Slack counts what is escaped as it is written.
var slackLimit = notify.Limit{Most: 4000, Size: notify.Units, Write: func(s string) string { return slackText(unticked(s)) }}

// Slack posts to an incoming webhook of Slack, of Mattermost or, with "/slack" at the end
// of its address, of Discord.
type Slack struct {
	notify.Settings
	// URL is a secret: who has it can post.
	URL notify.Secret `toml:"url"`
	Web
	// Target overrules the webhook's channel where the service allows it ("#ops").
	Target string `toml:"channel"`
	// Username is shown as the author where the service allows it.
	Username string `toml:"username"`
}

// Notifier returns the channel itself.
func (s *Slack) Notifier(*slog.Logger) alert.Notifier { return s }

// Check returns the faults of the settings, each "key: cause".
func (s *Slack) Check() []error { return append(checkURL("url", string(s.URL)), s.checkWeb()...) }

type slackMessage struct {
	Channel     string            `json:"channel,omitempty"`
	Username    string            `json:"username,omitempty"`
	Text        string            `json:"text"`
	Attachments []slackAttachment `json:"attachments"`
}

type slackAttachment struct {
	Fallback string `json:"fallback"`
	Color    string `json:"color"`
	Text     string `json:"text"`
}

// Notify posts the notice.
func (s *Slack) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	title := slackText(notify.Subject(d.Notice))
	_, err := s.post(ctx, request{target: string(s.URL), attempt: d.Attempt}, slackMessage{
		Channel: s.Target, Username: s.Username, Text: title,
		Attachments: []slackAttachment{{
			Fallback: title, Color: slackColor(d.Notice), Text: "```\n" + slackLimit.Body(d) + "\n```",
		}},
	})
	if err != nil {
		return alert.Receipt{}, fmt.Errorf("slack %s: %w", s.Name, err)
	}
	return alert.Receipt{}, nil
}

// slackText escapes what Slack reads as a link, a mention or a command.
func slackText(s string) string {
	return unmentioned(slackEscape.Replace(s))
}

var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// unticked keeps a text within the block of code it stands in.
func unticked(s string) string { return strings.ReplaceAll(s, "`", "'") }

func slackColor(n alert.Notice) string {
	return map[mood]string{bad: "#b3261e", good: "#1a7f37", calm: "#8a5a00"}[moodOf(n)]
}
