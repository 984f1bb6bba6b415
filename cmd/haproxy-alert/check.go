package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Report every fault of the configuration, with file and line",
		Long: `check reads the configuration as serve would and reports every fault at once,
with file and line. It exits 0 when serve would start with it and 78 when not;
it opens no socket, journal or relay, and of a log file it follows it only sees
whether it may be read; one that is not there yet is no fault.`,
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := loadToStart(*file)
		if err != nil {
			return err
		}
		for _, w := range cfg.warnings(time.Now()) {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: warning: %v\n", configName(*file), w)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: good: %s\n", configName(*file), cfg)
		return err
	}
	return cmd
}
