package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

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
