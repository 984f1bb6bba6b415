package template

import "haproxy-alert/alert"

// WasAway tells of an incident that is over: "was down for 3m, recovered: Layer4 timeout".
func WasAway(p alert.Part) string {
	what := WasGone(p.Server, p.Planned) + " for " + alert.Lasted(p.Closed.Sub(p.Opened))
	if p.Ended == alert.Up {
		what += ", recovered"
	} else {
		what += ", now " + p.Ended
	}
	if p.Reason != "" {
		what += ": " + p.Reason
	}
	return what
}

// WasGone says what it was while the incident was open; server is empty for a proxy.
func WasGone(server string, planned bool) string {
	switch {
	case planned:
		return "was out"
	case server == "":
		return "had no server"
	}
	return "was down"
}
