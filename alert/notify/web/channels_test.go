package web

import (
	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// webTo is how a channel reaches a peer.
func webTo(p *notifytest.WebPeer) Web { return Web{Dial: p.Dial, Proxy: noProxy} }

// webChannels are those over HTTP; each is in channels, too.
var webChannels = map[string]func(Web) alert.Notifier{
	"webhook": func(w Web) alert.Notifier { return &Webhook{URL: notifytest.HookURL, Web: w} },
	"slack":   func(w Web) alert.Notifier { return &Slack{URL: notifytest.HookURL, Web: w} },
	"ntfy":    func(w Web) alert.Notifier { return &Ntfy{URL: notifytest.HookURL, Topic: "ops", Web: w} },
	"telegram": func(w Web) alert.Notifier {
		return &Telegram{URL: notifytest.HookURL, Token: "1:a", ChatID: "-100", Web: w}
	},
	"teams":        func(w Web) alert.Notifier { return &Teams{URL: notifytest.HookURL, Web: w} },
	"pagerduty":    func(w Web) alert.Notifier { return &PagerDuty{URL: notifytest.HookURL, RoutingKey: "k", Web: w} },
	"alertmanager": func(w Web) alert.Notifier { return &Alertmanager{URLs: []string{notifytest.HookURL}, Web: w} },
}
