package part

import (
	"context"
	"fmt"

	"haproxy-alert/testdata/bench/report"
)

// nearly is the share of a rate that the sender has to reach.
const nearly = 0.95

// ladder finds the highest rate at which nothing is lost.
func (u UDP) ladder(ctx context.Context, g gallery, s *report.Section) error {
	detail := report.Detail{Title: "Health lines lost at each rate", Cells: [][]string{append([]string{"sent"}, turns(g.kinds).Names...)}}
	highest := make([]float64, len(g.kinds))
	lossy := make([]bool, len(g.kinds))
	for _, rate := range u.Rates {
		cells := []string{report.PerSecond.Format(float64(rate))}
		err := g.volley(ctx, rate, int(float64(rate)*u.Seconds), func(i int, shot shot) {
			lossy[i] = lossy[i] || shot.took.Dropped > 0 || shot.lost > 0
			cell := fmt.Sprintf("%d of %d", shot.lost, shot.wanted)
			if reached := shot.rate > nearly*float64(rate); !reached {
				cell += " at " + report.PerSecond.Format(shot.rate)
			} else if !lossy[i] {
				highest[i] = float64(rate)
			}
			cells = append(cells, cell)
		})
		if err != nil {
			return err
		}
		detail.Cells = append(detail.Cells, cells)
	}
	s.Detail = append(s.Detail, detail)
	lossless := turns(g.kinds)
	for i, rate := range highest {
		lossless.Add(i, rate)
	}
	s.Rows = append(s.Rows, lossless.Rows("UDP, highest rate without a loss", report.PerSecond,
		report.Goal{Kind: report.RatioAtLeast, Bound: 1})...)
	return nil
}
