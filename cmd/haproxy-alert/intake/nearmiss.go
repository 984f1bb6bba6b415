package intake

import (
	"log/slog"
	"sync"

	"haproxy-alert/cmd/haproxy-alert/term"
)

// MaxMissSources is how many sources of near misses are counted apart; those of
// further ones are counted together.
const MaxMissSources = 1000

// nearMisses counts, by source, lines that begin like health lines but are none:
// a wording of a HAProxy we do not know yet, or somebody's forgery.
type nearMisses struct {
	log *slog.Logger

	mu      sync.Mutex
	counts  map[string]int
	further int
}

// add counts a line and says so at the first and at each doubling, so that a flood
// cannot fill the log.
func (n *nearMisses) add(source, text string) {
	if count := n.count(source); count&(count-1) == 0 {
		n.log.Warn("line looks like a health line but is not recognised, please report it",
			"source", source, "count", count, "text", term.Visible(text[:min(len(text), 300)]))
	}
}

func (n *nearMisses) count(source string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counts == nil {
		n.counts = map[string]int{}
	}
	if _, known := n.counts[source]; !known && len(n.counts) >= MaxMissSources {
		n.further++
		return n.further
	}
	n.counts[source]++
	return n.counts[source]
}
