package report

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSeries(t *testing.T) {
	odd, even := Series{5, 1, 3}, Series{4, 1, 3, 2}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"median of three", odd.Median(), 3},
		{"median of four", even.Median(), 2.5},
		{"least", even.Quantile(0), 1},
		{"quarter", even.Quantile(0.25), 1},
		{"a little more", even.Quantile(0.26), 2},
		{"p99 of four", even.Quantile(0.99), 4},
		{"most", even.Quantile(1), 4},
		{"median of ratios, not ratio of medians", Series{1, 10, 100}.Over(Series{10, 10, 10}).Median(), 1},
		{"runs without a partner", float64(len(odd.Over(Series{1}))), 1},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	if odd[0] != 5 || even[0] != 4 {
		t.Error("the runs changed their order")
	}
	if !math.IsNaN(Series{}.Median()) || !math.IsNaN(Series{}.Quantile(0.5)) {
		t.Error("nothing has a median")
	}
}

func TestUnits(t *testing.T) {
	for _, tt := range []struct {
		unit Unit
		v    float64
		want string
	}{
		{Seconds, 12.345, "12.3 s"},
		{Seconds, 0.0123, "12.3 ms"},
		{Seconds, 0.00000512, "5.12 µs"},
		{Seconds, 310e-9, "310 ns"},
		{Seconds, 0, "0.00 ns"},
		{Bytes, 64 << 20, "64.0 MiB"},
		{PerSecond, 1234567.8, "1,234,568/s"},
		{PerSecond, 999, "999/s"},
		{Lines, 0, "0"},
		{Lines, math.NaN(), "-"},
	} {
		if got := tt.unit.Format(tt.v); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.v, got, tt.want)
		}
	}
}

func TestVerdicts(t *testing.T) {
	ours, theirs := Series{1, 2, 9}, Series{2, 2, 2} // ratios 0.5, 1, 4.5
	for _, tt := range []struct {
		name string
		row  Row
		want Verdict
	}{
		{"ratio, just met", Row{Ours: ours, Theirs: theirs, Goal: Goal{RatioAtMost, 1}}, Met},
		{"ratio too high", Row{Ours: ours, Theirs: theirs, Goal: Goal{RatioAtMost, 0.9}}, Unmet},
		{"ratio high enough", Row{Ours: ours, Theirs: theirs, Goal: Goal{RatioAtLeast, 1}}, Met},
		{"ratio too low", Row{Ours: ours, Theirs: theirs, Goal: Goal{RatioAtLeast, 1.1}}, Unmet},
		{"no peer, no ratio", Row{Ours: ours, Goal: Goal{RatioAtMost, 1}}, Unmet},
		{"median under", Row{Ours: ours, Goal: Goal{MedianUnder, 2.1}}, Met},
		{"median not under", Row{Ours: ours, Goal: Goal{MedianUnder, 2}}, Unmet},
		{"each run", Row{Ours: Series{0, 0, 0}, Goal: Goal{EachAtMost, 0}}, Met},
		{"one run of three", Row{Ours: Series{0, 0, 1}, Goal: Goal{EachAtMost, 0}}, Unmet},
		{"no goal", Row{Ours: ours}, Open},
		{"peer missing", Row{Ours: ours, Missing: "not installed", Goal: Goal{RatioAtMost, 1}}, Open},
	} {
		if got := tt.row.Verdict(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestTurns(t *testing.T) {
	turns := Turns{Names: []string{"ours", "a", "b"}, Runs: make([]Series, 3)}
	for run := range 2 {
		for i := range turns.Names {
			turns.Add(i, float64(10*i+run))
		}
	}
	goal := Goal{RatioAtMost, 1}
	want := []Row{
		{What: "read", Unit: Seconds, Ours: Series{0, 1}, Peer: "a", Theirs: Series{10, 11}, Goal: goal},
		{What: "read", Unit: Seconds, Ours: Series{0, 1}, Peer: "b", Theirs: Series{20, 21}, Goal: goal},
	}
	if diff := cmp.Diff(want, turns.Rows("read", Seconds, goal)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if alone := (Turns{Names: []string{"ours"}, Runs: []Series{{1}}}); alone.Rows("read", Seconds, goal) != nil {
		t.Error("ours is compared with nobody")
	}
}

func TestDocument(t *testing.T) {
	d := Document{
		Title: "Performance", Intro: "Of one run.", Machine: []string{"two cores"}, Outro: "The end.",
		Sections: []Section{{
			Title: "Reading", How: "Read it.", Limit: "The memory.", Busy: "load 0.1", Failed: "a peer died",
			Detail: []Detail{{"By rate", [][]string{{"rate", "lost"}, {"1/s", "0"}}}},
			Rows: []Row{
				{What: "read a|b", Unit: Seconds, Ours: Series{1, 2}, Peer: "wc", Theirs: Series{2, 2}, Goal: Goal{RatioAtMost, 1}},
				{What: "lost", Unit: Lines, Ours: Series{0, 3}, Peer: "rsyslog", Theirs: Series{7, 7}, Goal: Goal{EachAtMost, 0}},
				{What: "mtail", Unit: Seconds, Ours: Series{1}, Peer: "mtail", Missing: "not installed"},
			},
		}},
	}
	const want = `# Performance

Of one run.

| what      | haproxy-alert | peer    | the peer's    | ratio | min...max  | goal                  | met |
| --------- | ------------- | ------- | ------------- | ----- | ---------- | --------------------- | --- |
| read a\|b | 1.50 s        | wc      | 2.00 s        | 0.75  | 0.50...1.00 | ratio at most 1       | yes |
`
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	squeezed := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "-", "")), " ") }
	if got := squeezed(b.String()); !strings.HasPrefix(got, squeezed(want)) {
		t.Errorf("wrote\n%s\nwant\n%s", b.String(), want)
	}
	for _, words := range []string{
		"| lost", "| 2 ", "| -     | 0...3 ", "at most 0 in each run | NO  |", "| not installed |", "- two cores\n",
		"**Not measured to the end:** a peer died.", "By rate:\n\n| rate | lost |\n| ---- | ---- |\n| 1/s  | 0    |\n",
		"The memory.\n\nHow busy the machine was before: load 0.1.\n\nThe end.\n",
	} {
		if !strings.Contains(b.String(), words) {
			t.Errorf("no %q in\n%s", words, b.String())
		}
	}
	if err := d.Write(full{}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

// Every column of a table stands in line.
func TestTableAligned(t *testing.T) {
	var b bytes.Buffer
	rows := []Row{{What: "µs", Unit: Seconds, Ours: Series{1e-6}}, {What: "something longer", Unit: Lines, Ours: Series{1}}}
	if err := WriteTable(&b, rows); err != nil {
		t.Fatal(err)
	}
	var bars []int
	for line := range strings.Lines(b.String()) {
		var at []int
		for i, r := range []rune(line) {
			if r == '|' {
				at = append(at, i)
			}
		}
		if bars == nil {
			bars = at
		}
		if len(at) != len(header)+1 || at[len(at)-1] != bars[len(bars)-1] {
			t.Errorf("bars at %v, above at %v:\n%s", at, bars, b.String())
		}
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
