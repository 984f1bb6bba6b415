package main

import (
	"strings"
	"testing"
	"time"

	"haproxy-alert/cmd/haproxy-alert/control"
)

func TestParseMoment(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.March, 28, 22, 30, 0, 0, paris) // the night before summer time
	for text, want := range map[string]string{
		"23:00":                     "2026-03-28T23:00:00+01:00",
		"22:30":                     "2026-03-29T22:30:00+02:00", // now is not to come
		"04:00":                     "2026-03-29T04:00:00+02:00",
		"2026-03-29 02:00":          "2026-03-29T03:00:00+02:00", // there is no such hour
		"2026-03-29 05:06:07":       "2026-03-29T05:06:07+02:00",
		"2026-03-29T05:06":          "2026-03-29T05:06:00+02:00",
		"2026-03-29T05:06:07Z":      "2026-03-29T05:06:07Z",
		"2026-03-29T05:06:07+09:00": "2026-03-29T05:06:07+09:00",
	} {
		got, err := parseMoment(text, now, paris)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q is read as %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "25:00", "tomorrow", "2h", "2026-02-30 10:00", "2026-03-29"} {
		if got, err := parseMoment(text, now, paris); err == nil {
			t.Errorf("%q is read as %v, want an error", text, got)
		}
	}
}

func TestSilenceFlags(t *testing.T) {
	now := time.Date(2026, time.November, 21, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		flags silenceOptions
		want  string
	}{
		"for": {
			silenceOptions{proxy: "be", lasts: "2h"}, "proxy be 2026-11-21T03:00:00Z 2026-11-21T05:00:00Z ",
		},
		"from and for": {
			silenceOptions{server: "s1", from: "04:00", lasts: "1d", zone: "UTC"},
			"server s1 2026-11-21T04:00:00Z 2026-11-22T04:00:00Z ",
		},
		"until is after from": {
			silenceOptions{host: "lb1", from: "2026-11-25 23:00", until: "01:00", zone: "Europe/Paris"},
			"host lb1 2026-11-25T22:00:00Z 2026-11-26T00:00:00Z ",
		},
		"hours": {
			silenceOptions{kinds: []string{"problem", "planned"}, hours: "Sat 02:00-04:00"},
			"problem, planned 2026-11-21T03:00:00Z 0001-01-01T00:00:00Z Sat 02:00-04:00",
		},
	} {
		form, err := c.flags.form(now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		q, err := form.Silence(now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := strings.Join([]string{control.FormOf(q).What(), q.From.UTC().Format(time.RFC3339), q.Until.UTC().Format(time.RFC3339), q.Hours.String()}, " ")
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}
