package web

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// maxPeerKey is the longest key that PagerDuty takes.
const maxPeerKey = 255

// peerKey names what a peer with a state of its own holds for a part: the same for each
// outage of a server, so that its next one never stands beside the last.
func peerKey(p alert.Part) string {
	key := "haproxy-alert/" + notify.OneLine(p.Key, notify.MaxLine)
	if p.Planned {
		key += "/planned"
	}
	if len(key) <= maxPeerKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "haproxy-alert/" + hex.EncodeToString(sum[:])
}

// partSummary is the notice's subject, or of one that tells of many what it says of this.
func partSummary(d alert.Dispatch, p alert.Part, most int) string {
	if len(d.Notice.Parts) <= 1 {
		return notify.OneLine(notify.Subject(d.Notice), most)
	}
	words := partName(p) + ": " + p.Kind.String()
	if p.Reason != "" {
		words += ", " + p.Reason
	}
	return notify.OneLine(words, most)
}

func partName(p alert.Part) string {
	if p.Server == "" {
		return p.Proxy
	}
	return p.Proxy + "/" + p.Server
}

// firstOctets returns the beginning of a text, cut between two characters.
func firstOctets(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// limitWords takes apart the key of a limit: "limit process-fd lb1 fe_http", of which the
// load balancer may be missing. There is one alert for each limit of a proxy.
func limitWords(key string) (name, group string, ok bool) {
	words := strings.Fields(key)
	if len(words) < 3 || words[0] != "limit" {
		return "", "", false
	}
	if len(words) > 3 {
		group = notify.OneLine(words[2], notify.MaxLine)
	}
	return notify.OneLine(words[1], notify.MaxLine), group, true
}

// alertName is what rules and routes of Prometheus match on; docs/alertmanager.md lists them.
func alertName(p alert.Part) string {
	if _, _, ok := limitWords(p.Key); ok {
		return "HAProxyLimitReached"
	}
	switch {
	case strings.HasPrefix(p.Key, "ring "):
		return "HAProxyEventsLost"
	case strings.HasPrefix(p.Key, "hard-stop "):
		return "HAProxyHardStop"
	case strings.HasPrefix(p.Key, "source "):
		return "HAProxyLogSilent"
	case strings.HasPrefix(p.Key, "listener "), strings.HasPrefix(p.Key, "file "):
		return "HAProxyLogLost"
	case p.Planned:
		return "HAProxyPlannedWork"
	case p.Server == "":
		return "HAProxyBackendDown"
	}
	return "HAProxyServerDown"
}

// promSeverity is that of Prometheus' rules: "critical" wakes people, "warning" waits.
func promSeverity(p alert.Part) string {
	switch {
	case p.Severity == alert.Emergency:
		return "critical"
	case p.Severity <= alert.Alert:
		return "warning"
	}
	return "info"
}
