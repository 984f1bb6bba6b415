package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/cmd/haproxy-alert/recognise"
	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/timestamp"
	"haproxy-alert/testdata/corpus"
)

// way is a way that lines come by: what the capture received at one of its targets,
// and from whom we are to have it.
type way struct {
	target string // "udp_rfc3164", "ring_octet" ...
	peer   string
	host   string // the host name a forwarder wrote; empty leaves the header's
}

// arrival is a health line that came by a way; Time is when.
type arrival struct {
	alert.Fact
	line identity
}

// identity tells which of a run's lines it is, whichever way it came: the nth of its
// process about its server of its kind.
type identity struct {
	pid  int
	key  string
	kind parse.Kind
	nth  int
}

// arrivals reads what came by the way, in its order.
func (w way) arrivals(t *testing.T, run string) (all []arrival) {
	t.Helper()
	counts := map[identity]int{}
	for _, fr := range w.frames(t, run) {
		m := syslog.Parse(fr.data, timestamp.Clock{Near: fr.at, Location: time.UTC})
		ev, ok := parse.Line(m.Text)
		if !ok {
			continue
		}
		f := recognise.Observation(m, ev, fr.at)
		f.Time, f.Source.Listener, f.Source.Peer = fr.at, w.target, w.peer
		if w.host != "" {
			f.Source.Host = w.host
		}
		line := identity{pid: m.PID, key: ev.Key(), kind: ev.Kind}
		counts[line]++
		line.nth = counts[line]
		all = append(all, arrival{f, line})
	}
	if len(all) == 0 {
		t.Fatalf("%s: no health line came by %s", run, w.target)
	}
	return all
}

// frame is a line with its header, at the moment when its last byte came.
type frame struct {
	at   time.Time
	data []byte
}

// frames reads a target's file: each row a datagram, or a piece of a stream. No two
// frames come at the same moment.
func (w way) frames(t *testing.T, run string) (all []frame) {
	t.Helper()
	var rest []byte
	for row := range bytes.Lines(corpus.File(path.Join("formats", run, w.target+".jsonl"))) {
		var piece struct {
			T     float64 `json:"t"`
			Bytes []byte  `json:"bytes_base64"`
		}
		if err := json.Unmarshal(row, &piece); err != nil {
			t.Fatal(err)
		}
		at := time.UnixMicro(int64(piece.T * 1e6)).UTC()
		if strings.HasPrefix(w.target, "udp_") {
			all = append(all, frame{at, piece.Bytes})
			continue
		}
		rest = append(rest, piece.Bytes...)
		for data, size := cut(rest); size > 0; data, size = cut(rest) {
			all = append(all, frame{at, slices.Clone(data)})
			rest = rest[size:]
			at = at.Add(time.Nanosecond)
		}
	}
	return all
}

// cut takes the first frame off a stream, octet-counted or in lines (RFC 6587); its
// size, with what frames it, is 0 while it is not all there.
func cut(stream []byte) (data []byte, size int) {
	if count, rest, ok := bytes.Cut(stream, []byte(" ")); ok {
		if n, err := strconv.Atoi(string(count)); err == nil {
			if len(rest) < n {
				return nil, 0
			}
			return rest[:n], len(count) + 1 + n
		}
	}
	if line, _, ok := bytes.Cut(stream, []byte("\n")); ok {
		return line, len(line) + 1
	}
	return nil, 0
}

// merge orders what came by several ways by its arrival.
func merge(ways ...[]arrival) []arrival {
	all := slices.Concat(ways...)
	slices.SortStableFunc(all, func(a, b arrival) int { return a.Time.Compare(b.Time) })
	return all
}

// firsts leaves of each line the first arrival, and lets all come by one way.
func firsts(all []arrival) (once []arrival) {
	seen := map[identity]bool{}
	for _, a := range all {
		if !seen[a.line] {
			a.Source.Listener, a.Source.Peer, a.Source.Facility = all[0].Source.Listener, all[0].Source.Peer, all[0].Source.Facility
			once = append(once, a)
		}
		seen[a.line] = true
	}
	return once
}

// labelled gives the lines another facility, as a second "log" line of HAProxy's
// configuration does.
func labelled(lines []arrival, facility int) []arrival {
	all := slices.Clone(lines)
	for k := range all {
		all[k].Source.Facility = facility
	}
	return all
}

// delayed lets lines come later.
func delayed(lines []arrival, by time.Duration) []arrival {
	all := slices.Clone(lines)
	for k := range all {
		all[k].Time = all[k].Time.Add(by)
	}
	return all
}

// lagging lets lines come later, each by up to most, in their order.
func lagging(lines []arrival, most time.Duration, r *rand.Rand) []arrival {
	all, last := slices.Clone(lines), time.Time{}
	for k := range all {
		at := all[k].Time.Add(time.Duration(r.Int64N(int64(most))))
		if at.Before(last) {
			at = last.Add(time.Nanosecond)
		}
		all[k].Time, last = at, at
	}
	return all
}

// lossy drops lines, each with the given chance.
func lossy(lines []arrival, chance float64, r *rand.Rand) []arrival {
	return slices.DeleteFunc(slices.Clone(lines), func(arrival) bool { return r.Float64() < chance })
}

// unmistakable leaves out lines that were cut right behind a dot within a name, as
// "... via be.web-dots/web." of "web.srv-01": nothing shows that they were cut.
func unmistakable(lines []arrival) []arrival {
	return slices.DeleteFunc(slices.Clone(lines), func(a arrival) bool { return strings.HasSuffix(a.Text, "via be.web-dots/web.") })
}
