package notify

import (
	"strings"

	"haproxy-alert/alert"
)

// limitWords takes apart the key of a limit: "limit process-fd lb1 fe_http", of which the
// load balancer may be missing. There is one alert for each limit of a proxy.
func limitWords(key string) (name, group string, ok bool) {
	words := strings.Fields(key)
	if len(words) < 3 || words[0] != "limit" {
		return "", "", false
	}
	if len(words) > 3 {
		group = oneLine(words[2], maxLine)
	}
	return oneLine(words[1], maxLine), group, true
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
