package web

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// teamsLimit: Teams refuses a card over 28 KB, and each line is a block of its own.
var teamsLimit = notify.Limit{Most: 12_000, Size: notify.Quoted, Lines: 60}

// Teams posts a card to a workflow of Microsoft Teams ("When a Teams webhook request is
// received"). Its text stands in runs, in which nothing is markup.
type Teams struct {
	notify.Settings
	// URL is a secret: who has it can post.
	URL notify.Secret `toml:"url"`
	Web
}

// Notifier returns the channel itself.
func (t *Teams) Notifier(*slog.Logger) alert.Notifier { return t }

// Check returns the faults of the settings, each "key: cause".
func (t *Teams) Check() []error { return append(checkURL("url", string(t.URL)), t.checkWeb()...) }

// Notify posts the notice.
func (t *Teams) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	_, err := t.post(ctx, request{target: string(t.URL), attempt: d.Attempt}, map[string]any{
		"type": "message",
		"attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive", "content": teamsCard(d),
		}},
	})
	if err != nil {
		return alert.Receipt{}, fmt.Errorf("teams %s: %w", t.Name, err)
	}
	return alert.Receipt{}, nil
}

// teamsCard is an Adaptive Card (version 1.4).
func teamsCard(d alert.Dispatch) map[string]any {
	color := map[mood]string{bad: "Attention", good: "Good", calm: "Warning"}[moodOf(d.Notice)]
	blocks := []any{teamsRun(notify.Subject(d.Notice), map[string]any{"weight": "Bolder", "size": "Medium", "color": color})}
	for line := range strings.SplitSeq(teamsLimit.Body(d), "\n") {
		blocks = append(blocks, teamsRun(line, map[string]any{"fontType": "Monospace", "size": "Small"}))
	}
	return map[string]any{
		"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
		"body": blocks, "msteams": map[string]any{"width": "Full"},
	}
}

func teamsRun(text string, style map[string]any) map[string]any {
	style["type"], style["text"] = "TextRun", text+" " // an empty run is refused
	return map[string]any{"type": "RichTextBlock", "spacing": "None", "inlines": []any{style}}
}
