package report

import "fmt"

// A Row is one comparison.
type Row struct {
	What string
	Unit Unit
	// Ours and Theirs are what was measured, in turns. A row without a peer has no
	// Theirs and no Peer.
	Ours, Theirs Series
	Peer         string
	// Missing says why it was not measured.
	Missing string
	Goal    Goal
}

// A Goal is what design and users ask of a row; the zero Goal asks nothing.
type Goal struct {
	Kind  Kind
	Bound float64
}

// Kind says what of a row a goal bounds.
type Kind int

// What goals bound: the median of the ratios, ours to the peer's; the median of ours, in
// the row's unit; or each single run of ours.
const (
	RatioAtMost Kind = iota + 1
	RatioAtLeast
	MedianUnder
	EachAtMost
)

// Verdict is whether a goal is met.
type Verdict string

// The verdicts. Open is that of a row without a goal, or of one not measured.
const (
	Met   Verdict = "yes"
	Unmet Verdict = "NO"
	Open  Verdict = "-"
)

// Verdict says whether the row's goal is met.
func (r Row) Verdict() Verdict {
	if r.Missing != "" || len(r.Ours) == 0 {
		return Open
	}
	var met bool
	switch ratio := r.Ratios().Median(); r.Goal.Kind {
	case RatioAtMost:
		met = ratio <= r.Goal.Bound
	case RatioAtLeast:
		met = ratio >= r.Goal.Bound
	case MedianUnder:
		met = r.Ours.Median() < r.Goal.Bound
	case EachAtMost:
		met = r.Ours.Quantile(1) <= r.Goal.Bound
	default:
		return Open
	}
	if met {
		return Met
	}
	return Unmet
}

// Ratios are ours to the peer's, run by run.
func (r Row) Ratios() Series { return r.Ours.Over(r.Theirs) }

func (r Row) goal() string {
	switch g := r.Goal; g.Kind {
	case RatioAtMost:
		return fmt.Sprintf("ratio at most %g", g.Bound)
	case RatioAtLeast:
		return fmt.Sprintf("ratio at least %g", g.Bound)
	case MedianUnder:
		return "under " + r.Unit.Format(g.Bound)
	case EachAtMost:
		return "at most " + r.Unit.Format(g.Bound) + " in each run"
	}
	return "-"
}

// cells are those of the table, as header names them.
func (r Row) cells() []string {
	ours, theirs := r.Unit.Format(r.Ours.Median()), r.Unit.Format(r.Theirs.Median())
	if r.Missing != "" {
		theirs = r.Missing
	}
	ratio, spread := "-", "-"
	switch ratios := r.Ratios(); {
	case r.compares():
		ratio = digits(ratios.Median())
		spread = digits(ratios.Quantile(0)) + "..." + digits(ratios.Quantile(1))
	case len(r.Ours) > 1:
		spread = r.Unit.Format(r.Ours.Quantile(0)) + "..." + r.Unit.Format(r.Ours.Quantile(1))
	}
	return []string{r.What, ours, orNone(r.Peer), theirs, ratio, spread, r.goal(), string(r.Verdict())}
}

// compares reports whether a ratio says something: a share of nothing does not, and a
// goal for each run wants the runs to be seen.
func (r Row) compares() bool {
	return len(r.Ours) > 0 && len(r.Theirs) > 0 && r.Theirs.Quantile(0) > 0 && r.Goal.Kind != EachAtMost
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

var header = []string{"what", "haproxy-alert", "peer", "the peer's", "ratio", "min...max", "goal", "met"}
