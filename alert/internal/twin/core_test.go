package twin_test

import (
	"cmp"
	"slices"
	"time"

	"haproxy-alert/alert"
)

// dump are words that show all that words can be made of, and are quickly written.
const (
	dumpSubject = `[{{.Mark}}] {{.Key}}: {{.What}}{{.After}}{{with .Left}}, {{.}}{{end}}`
	dumpBody    = `{{printf "%+v" .}}`
)

// A core is one of the two that are compared. What it says of itself is made for
// encoding/json alone: the types of one are not those of the other.
type core interface {
	// apply takes a fact and returns the incidents it closed.
	apply(f alert.Fact) any
	clock() time.Time
	due(now time.Time, busy map[string]bool) any
	checkpoint() ([]byte, error)
	// says is all else that can be asked, after the fact f was applied.
	says(f alert.Fact, p alert.Policy) map[string]any
	// decided returns the decisions since it was asked last.
	decided() any
}

// settle orders neighbours of the same place by their id: Told leaves their order open, for
// an outage and planned work of one server that began at once.
func settle[T any](list []T, of func(T) (place, id string)) {
	for from := 0; from < len(list); {
		place, _ := of(list[from])
		to := from + 1
		for to < len(list) {
			if p, _ := of(list[to]); p != place {
				break
			}
			to++
		}
		slices.SortFunc(list[from:to], func(a, b T) int {
			_, x := of(a)
			_, y := of(b)
			return cmp.Compare(x, y)
		})
		from = to
	}
}
