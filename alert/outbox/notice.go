package outbox

import (
	"slices"
	"strings"

	"haproxy-alert/alert"
)

// isTrouble reports whether the notice is about a channel. The loss of one is counted but
// not told: two broken channels would tell of each other for ever.
func isTrouble(n alert.Notice) bool { return strings.HasPrefix(n.Proxy, troubleProxy) }

// joins reports whether the notice says nothing but that something went, is away or came
// back. What flaps, what is not heard, limits and channels have more to say.
func joins(n alert.Notice) bool {
	switch n.Kind {
	case alert.Problem, alert.Escalation, alert.Recovery, alert.Planned, alert.Reminder, alert.Unknown:
		return !isTrouble(n) && !slices.ContainsFunc(n.Parts, alert.Part.WentQuiet)
	case alert.Digest:
		return !slices.ContainsFunc(n.Parts, func(p alert.Part) bool {
			return p.Kind == alert.Flapping || p.Kind == alert.Calm || p.Kind == alert.Blind || p.WentQuiet()
		})
	default:
		return false
	}
}

// within reports whether all incidents of a notice are incidents of the other.
func within(n, other alert.Notice) bool {
	if len(n.Parts) == 1 && len(other.Parts) == 1 {
		return n.Parts[0].Incident == other.Parts[0].Incident
	}
	has := map[string]bool{}
	for _, p := range other.Parts {
		has[p.Incident] = true
	}
	return len(n.Parts) > 0 && !slices.ContainsFunc(n.Parts, func(p alert.Part) bool { return !has[p.Incident] })
}

// ends reports whether the notice says that all it tells of is over.
func ends(n alert.Notice) bool {
	return len(n.Parts) > 0 && !slices.ContainsFunc(n.Parts, func(p alert.Part) bool { return p.Closed.IsZero() })
}

// noteOf is the line of a notice in a digest of notices: its subject, behind what it is
// about.
func noteOf(n alert.Notice) alert.ServerNote {
	key := n.Key()
	if key == "" {
		return alert.ServerNote{Key: n.Kind.String(), State: n.Subject}
	}
	return alert.ServerNote{Key: key, State: strings.Replace(n.Subject, key+": ", "", 1)}
}

// boundParts keeps the last word on each server, and alert.MaxParts at the most.
func boundParts(n *alert.Notice) {
	n.Parts = lastParts(n.Parts)
	if more := len(n.Parts) - alert.MaxParts; more > 0 {
		n.Parts, n.Unparted = n.Parts[:alert.MaxParts], n.Unparted+more
	}
}

// lastParts keeps of each server the last word on its outage, and on its planned work.
func lastParts(parts []alert.Part) []alert.Part {
	type held struct {
		key     string
		planned bool
	}
	last := map[held]int{}
	for k, p := range parts {
		last[held{p.Key, p.Planned}] = k
	}
	var kept []alert.Part
	for k, p := range parts {
		if last[held{p.Key, p.Planned}] == k {
			kept = append(kept, p)
		}
	}
	return kept
}
