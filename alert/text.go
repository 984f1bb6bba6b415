package alert

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// OneLine makes one line of a text: runs of blanks and control characters become one
// blank, and what is longer than most runes is cut.
func OneLine(s string, most int) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
	runes := []rune(strings.Join(words, " "))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return string(runes)
}

// PlainText keeps line ends and shows other control characters as "·", so that
// no escape sequence reaches a terminal or a mail reader.
func PlainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) && r != '\t' {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

// Duration writes how long something lasted in the two largest units: "42s",
// "3m 5s", "2h 4m", "3d 4h".
func Duration(d time.Duration) string {
	d = max(d, 0).Truncate(time.Second)
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for k, u := range units {
		if d < u.size || u.name == "s" {
			continue
		}
		out := fmt.Sprintf("%d%s", d/u.size, u.name)
		if rest := d % u.size / units[k+1].size; rest > 0 {
			out += fmt.Sprintf(" %d%s", rest, units[k+1].name)
		}
		return out
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// Lasted puts a duration in words; logs tell no fractions of a second.
func Lasted(d time.Duration) string {
	if d < time.Second {
		return "less than 1s"
	}
	return Duration(d)
}

// Plural counts something: "1 server", "3 servers".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// Later returns the later of two times, the second when they are equal.
func Later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Earlier returns the earlier of two times, the first when they are equal.
func Earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Union adds names to a sorted list.
func Union(list, more []string) []string {
	for _, name := range more {
		if k, found := slices.BinarySearch(list, name); !found {
			list = slices.Insert(list, k, name)
		}
	}
	return list
}
