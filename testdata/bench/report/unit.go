package report

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Unit says what a figure counts.
type Unit int

// The units of figures.
const (
	Seconds Unit = iota + 1
	Bytes
	PerSecond
	Lines
)

// Format writes a figure as people read it: "1.24 s", "310 ns", "48.1 MiB", "240,000/s".
func (u Unit) Format(v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case u == Seconds:
		return seconds(v)
	case u == Bytes:
		return digits(v/(1<<20)) + " MiB"
	case u == PerSecond:
		return thousands(v) + "/s"
	case u == Lines:
		return thousands(v)
	}
	return digits(v)
}

func seconds(v float64) string {
	switch d := time.Duration(v * float64(time.Second)); {
	case d >= time.Second:
		return digits(v) + " s"
	case d >= time.Millisecond:
		return digits(v*1e3) + " ms"
	case d >= time.Microsecond:
		return digits(v*1e6) + " µs"
	}
	return digits(v*1e9) + " ns"
}

// digits writes three significant digits, and whole numbers from 100 on.
func digits(v float64) string {
	switch a := math.Abs(v); {
	case a >= 99.95:
		return thousands(v)
	case a >= 9.995:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func thousands(v float64) string {
	s := strconv.FormatFloat(math.Round(math.Abs(v)), 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if v <= -0.5 {
		return "-" + s
	}
	return s
}
