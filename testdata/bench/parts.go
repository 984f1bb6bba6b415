package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haproxy-alert/testdata/bench/part"
)

// named is a part as BENCH names it.
type named struct {
	name string
	part.Part
}

// full is what `make bench` measures: a log of so many bytes, a load that is steady for so
// long, and all else.
func full(logBytes int64, steady time.Duration) []named {
	const traffic = 48 << 20
	rates := []int{100_000, 150_000, 200_000, 250_000, 300_000, 400_000}
	return []named{
		{"replay", part.Replay{Bytes: logBytes, Pairs: 5, SlowPairs: 3}},
		{"udp", part.UDP{Traffic: traffic, Pairs: 5, Seconds: 3, Rates: rates, FullRuns: 10, Datagrams: 1_000_000}},
		{"tcp", part.TCP{Traffic: traffic, Pairs: 5, Lines: 1_000_000}},
		{"steady", part.Steady{Traffic: traffic, Lasts: steady}},
		{"latency", part.Latency{Rounds: 3, Mails: 100}},
		{"journal", part.Journal{Bursts: []int{1, 10, 100, 1000}, Appends: 100, Runs: 5}},
		{"memory", part.Memory{Known: 10_000, Down: 1000, Every: 50 * time.Millisecond, Runs: 3}},
		{"start", part.Start{Facts: 1_000_000, Runs: 5}},
	}
}

// sized is full, in the sizes that BENCH_BYTES and BENCH_STEADY ask for.
func sized(logBytes, steady string) ([]named, error) {
	size, lasts := int64(1_000_000_000), time.Minute
	var err error
	if logBytes != "" {
		size, err = strconv.ParseInt(logBytes, 10, 64)
		if err != nil || size < 1<<20 {
			return nil, fmt.Errorf("BENCH_BYTES is %q, want a number from %d on", logBytes, 1<<20)
		}
	}
	if steady != "" {
		lasts, err = time.ParseDuration(steady)
		if err != nil || lasts < time.Second {
			return nil, fmt.Errorf("BENCH_STEADY is %q, want a duration such as 10m", steady)
		}
	}
	return full(size, lasts), nil
}

// choose returns the parts that a list names, all for an empty one.
func choose(all []named, list string) ([]named, error) {
	if list == "" {
		return all, nil
	}
	wanted := strings.Split(list, ",")
	var chosen []named
	var names []string
	for _, p := range all {
		names = append(names, p.name)
		if slices.Contains(wanted, p.name) {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) != len(wanted) {
		return nil, fmt.Errorf("BENCH is %q, want some of %s", list, strings.Join(names, ","))
	}
	return chosen, nil
}
