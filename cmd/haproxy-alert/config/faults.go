package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with the configuration.
type Fault struct {
	File  string
	Line  int    // from 1; 0 when the fault has no place of its own
	Key   string // such as "mailer[0].to"; empty for the file as a whole
	Cause string
	// Absent says that nothing is wrong with the file: it names what is not on this
	// machine, or not for us to read.
	Absent bool
}

// String writes "c.toml:12: mailer[0].to: want at least one address".
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	b.WriteString(": ")
	if f.Key != "" {
		b.WriteString(f.Key + ": ")
	}
	b.WriteString(f.Cause)
	return b.String()
}

// Faults is everything wrong with the configuration, as one error.
type Faults []Fault

// Error lists the faults, one a line, in the order of the file.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

func (fs Faults) sorted() Faults {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return fs
}
