package syslog

import (
	"bytes"
	"strings"
	"testing"

	"haproxy-alert/testdata/mix"
)

// TestSkimming: lines in every form, behind each other and themselves, come to the same
// whether some of them are passed over or not; and what nearly all lines are is.
func TestSkimming(t *testing.T) {
	var log bytes.Buffer
	for _, frame := range peeled() {
		for _, end := range []string{"\n", "\r\n", "\x00\n", "\n"} {
			log.Write(frame)
			log.WriteString(end)
		}
	}
	log.WriteString(strings.Repeat("Nov 21 07:38:02 lb1 haproxy[1]: 1.2.3.4:5 [", 9)) // without an end
	compareSift(t, "all forms", log.Bytes())

	passed, all := skimmed(t, log.Bytes(), func(text []byte) bool { return len(text)%7 == 0 })
	if passed < 10_000 {
		t.Errorf("%d of %d lines were passed over", passed, all)
	}
	log.Reset()
	if _, err := (mix.Load{Bytes: 1 << 20, Clothing: "traditional", Rate: 200_000}).Write(&log); err != nil {
		t.Fatal(err)
	}
	if passed, all = skimmed(t, log.Bytes(), serverLine); passed < all*99/100 {
		t.Errorf("of plain traffic %d of %d lines were passed over", passed, all)
	}
}

// skimmed counts the lines of a log that skim passes over, and compares each of them
// with what is said of it alone.
func skimmed(t *testing.T, log []byte, keep func([]byte) bool) (passed, all int) {
	t.Helper()
	p := picker{keep: keep}
	for at := 0; at < len(log); {
		lines, n := p.skim(log[at:])
		if bytes.Count(log[at:at+n], []byte{'\n'}) != lines {
			t.Fatalf("%d lines of %q", lines, log[at:at+n])
		}
		for line := range bytes.Lines(log[at : at+n]) {
			if keep(Body(line)) {
				t.Fatalf("passed over %q", line)
			}
		}
		passed, all, at = passed+lines, all+lines, at+n
		line, _, _ := bytes.Cut(log[at:], []byte{'\n'})
		p.take(line)
		all, at = all+1, at+len(line)+1
	}
	return passed, all
}
