package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Whatever a flag is given that it cannot be, the error names the flag, what it wants and
// what it got, in our words, and the exit code is that of usage.
func TestFaultsOfEveryFlag(t *testing.T) {
	walkCommands(rootCommand(nil, nil, nil), func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			kind := f.Value.Type()
			if kind == "string" || kind == "stringArray" || f.Name == "help" {
				return // they take any text; the command itself reads it
			}
			const wrong = `ju"nk`
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name+"="+wrong)
			code, said := runSaid(t, args...)
			want := fmt.Sprintf("haproxy-alert: read --%s: want ", f.Name)
			if code != exitUsage || !strings.HasPrefix(said, want) || !strings.Contains(said, fmt.Sprintf("not %q", wrong)) || goFlagWords.MatchString(said) {
				t.Errorf("%s: code %d, %q", args, code, said)
			}
		})
	})
}

func walkCommands(cmd *cobra.Command, visit func(*cobra.Command)) {
	if cmd.Runnable() && cmd.HasParent() {
		visit(cmd)
	}
	for _, c := range cmd.Commands() {
		walkCommands(c, visit)
	}
}

func runSaid(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return exitCode(err, &errs), errs.String()
}

// A year that no log can be from is a slip: 20 for 2020.
func TestYears(t *testing.T) {
	this := time.Now().Year()
	for text, want := range map[string]bool{
		"1970": true, "2020": true, fmt.Sprint(this): true, fmt.Sprint(this + 1): true,
		"0": false, "20": false, "1969": false, "-1": false, "20260": false, "2026.5": false, "": false, fmt.Sprint(this + 2): false,
	} {
		for _, command := range []string{"replay", "explain"} {
			code, said := runSaid(t, command, "--year="+text, "-")
			refusal := fmt.Sprintf("haproxy-alert: read --year: want a year from 1970 to %d, not %q", this+1, text)
			if want == (code == exitUsage) || !want && !strings.HasPrefix(said, refusal) {
				t.Errorf("%s --year %s: code %d, %s", command, text, code, said)
			}
		}
	}
}

// Who names the file as an argument is told how.
func TestConfigIsNamedByFlag(t *testing.T) {
	for _, command := range []string{"check", "serve", "status"} {
		code, said := runSaid(t, command, "config.example.toml")
		if code != exitUsage || !strings.Contains(said, `takes no "config.example.toml": a configuration is named by -c`) {
			t.Errorf("%s: code %d, %s", command, code, said)
		}
	}
}

// goFlagWords are how Go's packages say what is wrong with the value of a flag.
var goFlagWords = regexp.MustCompile(`strconv|unmarshal|time: |parsing |interface|int64|\bnil\b|expected|EOF`)
