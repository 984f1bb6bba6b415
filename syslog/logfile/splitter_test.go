package logfile

import (
	"bytes"
	"strings"
	"testing"

	"haproxy-alert/syslog"
	"haproxy-alert/testdata/corpus"
	"haproxy-alert/testdata/mix"
)

// TestSkimming: lines in every form, behind each other and themselves, come to the same
// whether some of them are passed over or not; and what nearly all lines are is.
func TestSkimming(t *testing.T) {
	var log bytes.Buffer
	for _, frame := range frames(t) {
		for _, end := range []string{"\n", "\r\n", "\x00\n", "\n"} {
			log.Write(frame)
			log.WriteString(end)
		}
	}
	log.WriteString(strings.Repeat("Nov 21 07:38:02 lb1 haproxy[1]: 1.2.3.4:5 [", 9)) // without an end
	compareSift(t, "all forms", log.Bytes())

	long := func() func([]byte) bool {
		var p syslog.Decoder
		return func(frame []byte) bool { return len(p.Body(frame))%7 == 0 }
	}
	passed, all := skipped(t, log.Bytes(), long())
	if passed < 10_000 {
		t.Errorf("%d of %d lines were passed over", passed, all)
	}
	log.Reset()
	if _, err := (mix.Load{Bytes: 1 << 18, Clothing: "traditional", Rate: 200_000}).Write(&log); err != nil {
		t.Fatal(err)
	}
	if passed, all = skipped(t, log.Bytes(), serverLines()); passed < all*99/100 {
		t.Errorf("of plain traffic %d of %d lines were passed over", passed, all)
	}
}

// frames are lines in every format, and captured ones in each of rsyslog's.
func frames(t *testing.T) (all [][]byte) {
	t.Helper()
	for _, format := range mix.Clothings() {
		var log bytes.Buffer
		if _, err := (mix.Load{Bytes: 50_000, Clothing: format, Every: 20}).Write(&log); err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Split(log.Bytes(), []byte{'\n'})...)
	}
	for _, data := range corpus.Files("rsyslog/*/*.log") {
		all = append(all, bytes.Split(data[:min(len(data), 100_000)], []byte{'\n'})...)
	}
	return all
}

// skipped counts the lines of a log that skip passes over; keep must want none of them.
func skipped(t *testing.T, log []byte, keep func([]byte) bool) (passed, all int) {
	t.Helper()
	var s Splitter
	s.Reset([]byte{})
	for len(log) > 0 {
		n := copy(s.Space(), log)
		s.Filled(n)
		log = log[n:]
		for {
			from := s.r
			lines, last := s.skip(keep)
			if lines > 0 && keep(last) {
				t.Fatalf("passed over %q", last)
			}
			if got := bytes.Count(s.buf[from:s.r], []byte{'\n'}); got != lines {
				t.Fatalf("%d lines of %d", lines, got)
			}
			passed, all = passed+lines, all+lines
			if _, _, ok := s.Next(); !ok {
				break
			}
			all++
		}
	}
	return passed, all
}
