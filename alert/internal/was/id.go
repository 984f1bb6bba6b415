package was

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Ids are hashes of what they name, never counters: two nodes that fold the same
// facts, and one node before and after a crash, must agree on them.

func digest(parts ...any) [sha256.Size]byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%v\x00", p)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func shortID(parts ...any) string {
	sum := digest(parts...)
	return hex.EncodeToString(sum[:8])
}

// incidentID hangs on the recorded time too: fast toggles write the same line
// twice in a second, and each begins an incident of its own.
func incidentID(key string, f Fact) string {
	return shortID("incident", key, f.Source.Observer(), f.Time.UTC().Format(time.RFC3339Nano), f.Text)
}

func noticeID(incident string, st step, ordinal int) string {
	return shortID("notice", incident, st, ordinal)
}
