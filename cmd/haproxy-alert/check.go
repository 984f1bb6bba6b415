package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/intake"
)

func checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Report every fault of the configuration, with file and line",
		Long: `check reads the configuration as serve would and reports every fault at once,
with file and line. It exits 0 when serve would start with it and 78 when not;
it opens no socket, journal or relay, and of a log file it follows it only sees
whether it may be read; one that is not there yet is no fault.

With --elsewhere the file is for another machine, as in CI: secrets, certificates,
programs and users that are not on this one are told of, but are no faults.`,
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	elsewhere := cmd.Flags().Bool("elsewhere", false, "the file is for another machine: what is only there is no fault")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, absent, err := config.LoadToCheck(*file, *elsewhere)
		if err != nil {
			return err
		}
		for _, f := range absent {
			f.Cause = "not on this machine: " + f.Cause
			fmt.Fprintln(cmd.ErrOrStderr(), f)
		}
		sockets, _ := intake.InheritedSockets() // what is wrong with them serve says; a check is seldom given any
		for _, w := range append(cfg.Warnings(time.Now()), sockets.Warnings(cfg.Listen)...) {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: warning: %v\n", config.Name(*file), w)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: good: %s\n", config.Name(*file), cfg)
		return err
	}
	return cmd
}
