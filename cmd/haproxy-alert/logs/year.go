package logs

import (
	"fmt"
	"strconv"
	"time"
)

// firstYear is that of the earliest time a log can have: HAProxy is from 2000, and
// clocks that were never set begin here.
const firstYear = 1970

// year is the value of --year; 0 when it is not given.
type year int

// String returns the year.
func (y *year) String() string { return strconv.Itoa(int(*y)) }

// Type names the value.
func (y *year) Type() string { return "year" }

// Set reads a year that a log can be from: of a clock that is a day ahead, next year's.
func (y *year) Set(text string) error {
	n, err := strconv.Atoi(text)
	if last := time.Now().Year() + 1; err != nil || n < firstYear || n > last {
		return fmt.Errorf("want a year from %d to %d", firstYear, last)
	}
	*y = year(n)
	return nil
}
