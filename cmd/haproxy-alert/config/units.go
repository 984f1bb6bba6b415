package config

import (
	"fmt"
	"io/fs"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
	"haproxy-alert/syslog/follow"
)

// TimeZone is where times without a zone were written; the zero one is the machine's.
type TimeZone struct{ place *time.Location }

// UnmarshalText looks the zone up by its name; empty and "Local" are the machine's.
func (z *TimeZone) UnmarshalText(text []byte) (err error) {
	z.place, err = ZoneOf(string(text))
	return err
}

// ZoneOf looks a zone up; the empty name is the machine's.
func ZoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	z, err := alert.ParseZone(name)
	return z.Location(), err
}

// Location is the zone; that of this machine when none was named.
func (z TimeZone) Location() *time.Location {
	if z.place == nil {
		return time.Local
	}
	return z.place
}

// Start says where a file begins that was never seen before: "end" or "begin".
type Start struct{ from follow.From }

// UnmarshalText reads one of the two words.
func (s *Start) UnmarshalText(text []byte) error {
	switch string(text) {
	case "end":
		s.from = follow.FromEnd
	case "begin":
		s.from = follow.FromBegin
	default:
		return fmt.Errorf(`want "end" or "begin", not %q`, text)
	}
	return nil
}

// Duration is a time in the configuration: "2s", "1m30s", "12h", "7d".
type Duration = notify.Duration

// Size is a count of bytes in the configuration: 65536, "64KiB", "8MiB".
type Size int

// UnmarshalText reads a number of bytes, or of KiB, MiB or GiB.
func (s *Size) UnmarshalText(text []byte) error {
	digits, scale := string(text), 1
	for unit, factor := range map[string]int{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if n, ok := strings.CutSuffix(digits, unit); ok {
			digits, scale = strings.TrimSpace(n), factor
		}
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || n > math.MaxInt32/uint64(scale) {
		return fmt.Errorf(`want a size below 2 GiB such as 65536, "64KiB" or "8MiB", not %q`, text)
	}
	*s = Size(int(n) * scale)
	return nil
}

// Mode is the permission bits of a unix socket: "0660".
type Mode fs.FileMode

// UnmarshalText reads octal permission bits.
func (m *Mode) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 8, 32)
	if err != nil || n > 0o777 {
		return fmt.Errorf(`want permission bits such as "0660", not %q`, text)
	}
	*m = Mode(n)
	return nil
}

// Network is a network in the configuration: "10.0.0.0/8".
type Network netip.Prefix

// UnmarshalText reads an address and how many of its bits count.
func (n *Network) UnmarshalText(text []byte) error {
	p, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf(`want a network such as "10.0.0.0/8", or "10.0.0.1/32" for one address, not %q`, text)
	}
	*n = Network(p)
	return nil
}

// Moment is a time in the configuration, with its date: 2026-11-21T07:38:00Z.
type Moment struct{ time.Time }

// UnmarshalText reads a time as TOML has it; the toml package gives times without a zone
// that of this machine.
func (m *Moment) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil || t.Year() < 1 {
		return fmt.Errorf("want a time with its date, such as 2026-11-21T07:38:00Z, not %s", text)
	}
	m.Time = t
	return nil
}
