package alert_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"haproxy-alert/alert"
)

func TestDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": -time.Second, "42s": 42*time.Second + 999*time.Millisecond, "1m": time.Minute,
		"3m 5s": 185 * time.Second, "2h 4m": 2*time.Hour + 4*time.Minute + 59*time.Second,
		"1d": 24*time.Hour + time.Minute, "3d 4h": 76 * time.Hour,
	} {
		if got := alert.Duration(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func TestPermanent(t *testing.T) {
	cause := errors.New("550")
	err := fmt.Errorf("mail ops: %w", alert.Permanent(cause))
	if !alert.IsPermanent(err) || !errors.Is(err, cause) || err.Error() != "mail ops: 550" {
		t.Errorf("%v is not permanent", err)
	}
	if alert.IsPermanent(cause) || alert.Permanent(nil) != nil {
		t.Error("permanent without being marked")
	}
}

// A sender may speak for a load balancer by its header's host, never by the words
// HAProxy writes when it has none.
func TestObserver(t *testing.T) {
	for want, s := range map[string]alert.Source{
		"lb1":      {Host: "lb1", Peer: "10.0.0.1"},
		"10.0.0.2": {Host: "localhost", Peer: "10.0.0.2"},
		"10.0.0.3": {Host: "-", Peer: "10.0.0.3"},
		"":         {Listener: "haproxy.log"},
	} {
		if got := s.Observer(); got != want {
			t.Errorf("%+v is %q, want %q", s, got, want)
		}
	}
}

// What the journal keeps of kinds reads back, and nothing else does.
func TestKindsReadBack(t *testing.T) {
	for k := alert.Observed; k <= alert.Operator; k++ {
		var back alert.FactKind
		text, err := k.MarshalText()
		if err != nil || back.UnmarshalText(text) != nil || back != k {
			t.Errorf("%v reads back as %v", k, back)
		}
	}
	for k := alert.Problem; k <= alert.Test; k++ {
		var back alert.NoticeKind
		text, err := k.MarshalText()
		if err != nil || back.UnmarshalText(text) != nil || back != k {
			t.Errorf("%v reads back as %v", k, back)
		}
	}
	for s := range alert.Severity(8) {
		var back alert.Severity
		text, err := s.MarshalText()
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%v reads back as %v", s, back)
		}
	}
	for _, bad := range []string{"", "nonsense"} {
		if new(alert.FactKind).UnmarshalText([]byte(bad)) == nil || new(alert.NoticeKind).UnmarshalText([]byte(bad)) == nil ||
			new(alert.Severity).UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is a kind", bad)
		}
	}
}

func TestNameOf(t *testing.T) {
	for key, want := range map[string]string{"be/s1": "be/s1", "lb1 be/s1": "be/s1", "lb1 be": "be", " be": "be"} {
		if got := alert.NameOf(key); got != want {
			t.Errorf("name of %q is %q, want %q", key, got, want)
		}
	}
}

func TestHoursString(t *testing.T) {
	for _, text := range []string{"", "02:00-04:00", "Sat,Sun 22:00-06:00", "Mon,Tue 00:00-24:00"} {
		h, err := alert.ParseHours(text, alert.Zone{})
		if err != nil {
			t.Fatal(err)
		}
		if h.String() != text {
			t.Errorf("%q is written as %q", text, h)
		}
	}
}
