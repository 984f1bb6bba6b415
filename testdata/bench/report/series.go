package report

import (
	"math"
	"slices"
)

// A Series is one quantity as it came out, run by run.
type Series []float64

// Median is the middle of the runs; of an even number of them the mean of the two in
// the middle, and NaN of none.
func (s Series) Median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	half := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[half-1] + sorted[half]) / 2
	}
	return sorted[half]
}

// Quantile is the smallest value that a share q of the runs does not exceed (nearest
// rank), and NaN of none.
func (s Series) Quantile(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Over divides run by run: what stands at one place in both was measured one right after
// the other, so that what else the machine did meanwhile is in both.
func (s Series) Over(t Series) Series {
	ratios := make(Series, min(len(s), len(t)))
	for i := range ratios {
		ratios[i] = s[i] / t[i]
	}
	return ratios
}
