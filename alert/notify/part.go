package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"haproxy-alert/alert"
)

// maxPeerKey is the longest key that PagerDuty takes.
const maxPeerKey = 255

// peerKey names what a peer with a state of its own holds for a part: the same for each
// outage of a server, so that its next one never stands beside the last.
func peerKey(p alert.Part) string {
	key := "haproxy-alert/" + oneLine(p.Key, maxLine)
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
		return oneLine(subject(d.Notice), most)
	}
	words := partName(p) + ": " + p.Kind.String()
	if p.Reason != "" {
		words += ", " + p.Reason
	}
	return oneLine(words, most)
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
