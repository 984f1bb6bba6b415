package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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

// flagFault says what is wrong with a flag, without the words of Go's packages.
func flagFault(err error) error {
	bad, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	cause := bad.Unwrap().Error()
	switch bad.GetFlag().Value.Type() {
	case "bool":
		cause = "want true or false, or the flag alone"
	case "stringSlice":
		cause = "want words, with commas between them"
	}
	return fmt.Errorf("read --%s: %s, not %q", bad.GetFlag().Name, cause, bad.GetValue())
}

// strayFault says what is wrong with words that a command has no use for.
func strayFault(cmd *cobra.Command, args []string, err error) error {
	if len(args) == 0 || cmd.HasSubCommands() || cmd.Flags().Lookup("config") == nil || !strings.HasPrefix(err.Error(), "unknown command") {
		return err
	}
	return fmt.Errorf("%s takes no %q: a configuration is named by -c", cmd.CommandPath(), args[0])
}
