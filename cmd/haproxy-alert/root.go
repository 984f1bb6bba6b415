package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"haproxy-alert/cmd/haproxy-alert/term"
)

// rootCommand builds the command line; each subcommand has a file of its own.
func rootCommand(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "haproxy-alert",
		Short: "Tell people when HAProxy says that a server or backend went down",
		Long: `haproxy-alert stands where HAProxy sends its logs, recognises its health lines,
groups them by server and sends ordered alerts that survive a crash, a reload
and a dead mail server.

Without a configuration it listens on 127.0.0.1:5514 (UDP and TCP) and prints.

Exit codes: 0, 1 trouble at run time, 2 usage, 78 config, 130 ended by Ctrl-C
(replay and explain, which print what was found so far).`,
		Version:       versionLine(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return term.UsageError{Err: fmt.Errorf("no command given, see %s --help", cmd.CommandPath())}
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return term.UsageError{Err: fmt.Errorf("%w, see %s --help", flagFault(err), cmd.CommandPath())}
	})
	root.AddCommand(serveCommand(), replayCommand(), explainCommand(), whyCommand(),
		silenceCommand(), statusCommand(), checkCommand(), testCommand(), versionCommand())
	root.InitDefaultCompletionCmd("serve")
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
		if c.Name() == "completion" {
			c.RunE = func(cmd *cobra.Command, _ []string) error {
				return term.UsageError{Err: fmt.Errorf("want a shell, see %s --help", cmd.CommandPath())}
			}
		}
	}
	root.Args = usageArgs(root.Args)
	return root
}

// usageArgs marks what cobra says of positional arguments as a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return term.UsageError{Err: fmt.Errorf("%w, see %s --help", strayFault(cmd, args, err), cmd.CommandPath())}
		}
		return nil
	}
}

// configFlag adds -c to a command.
func configFlag(cmd *cobra.Command) *string {
	return cmd.Flags().StringP("config", "c", "", "configuration `FILE`; without it the embedded defaults")
}
