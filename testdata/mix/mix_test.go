package mix

import (
	"bytes"
	"strings"
	"testing"
)

// TestLoadIsTrue writes the same bytes twice, and its truth points at the lines.
func TestLoadIsTrue(t *testing.T) {
	for _, clothing := range Clothings() {
		load := Load{Bytes: 1 << 20, Clothing: clothing, Every: 50}
		var log, again bytes.Buffer
		truth, err := load.Write(&log)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := load.Write(&again); err != nil || !bytes.Equal(log.Bytes(), again.Bytes()) {
			t.Errorf("%s: two logs of one load differ, %v", clothing, err)
		}
		lines := strings.Split(log.String(), "\n")
		hostile := 0
		for _, line := range lines {
			if strings.Contains(line, "{Server be_single/s1 is DOWN") {
				hostile++
			}
		}
		if len(truth) < 30 || hostile < 10 || log.Len() < 1<<20 {
			t.Errorf("%s: %d health lines, %d hostile ones, %d bytes", clothing, len(truth), hostile, log.Len())
		}
		for _, h := range truth {
			if words := strings.Fields(h.Text)[:2]; !strings.Contains(lines[h.Number-1], strings.Join(words, " ")) {
				t.Errorf("%s: line %d is %q, the truth says %q", clothing, h.Number, lines[h.Number-1], h.Text)
			}
		}
	}
}

func TestLoadRefusesClothing(t *testing.T) {
	if _, err := (Load{Clothing: "none"}).Write(&bytes.Buffer{}); err == nil {
		t.Error("no error")
	}
}
