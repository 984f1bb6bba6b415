package main

import (
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"

	"haproxy-alert/alert/notify"
)

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
