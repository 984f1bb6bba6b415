package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"haproxy-alert/syslog"
)

func TestTellLostTellsGrowthOnly(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	before := syslog.Stats{Frames: 10, Dropped: 3, Refused: 1, Cut: 2, Bad: 4, TooMany: 5}
	tellLost(before, before, log)
	if out.Len() > 0 {
		t.Errorf("told of nothing new: %s", &out)
	}
	now := before
	now.Frames, now.Dropped, now.Bad = 100, 10, 5
	tellLost(before, now, log)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"count":7,"total":10`) || !strings.Contains(lines[0], "ERROR") {
		t.Errorf("told %q", lines)
	}
}
