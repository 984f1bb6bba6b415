// Haproxy-alert stands where HAProxy sends its logs, recognises its health lines
// and sends ordered alerts that survive a crash, a reload and a dead mail server.
//
// The way of a line, to read along: serve.go wires it; syslog receives and reads
// it; feed.go asks parse what it says; alert decides; alert/journal keeps the
// fact; alert/notify tells people.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"haproxy-alert/cmd/haproxy-alert/config"
	"haproxy-alert/cmd/haproxy-alert/logs"
	"haproxy-alert/cmd/haproxy-alert/term"
)

// Exit codes, as sysexits(3) has them where it has one.
const (
	exitRuntime     = 1
	exitUsage       = 2
	exitConfig      = 78
	exitInterrupted = 128 + int(syscall.SIGINT) // as shells say it
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	signal.Ignore(syscall.SIGHUP) // a closed terminal must not end the watch
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(exitCode(err, os.Stderr))
}

// run executes one command line.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	root := rootCommand(stdin, stdout, stderr)
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

// exitCode says the error, if any, and returns the code to exit with.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if faults, ok := errors.AsType[config.Faults](err); ok {
		fmt.Fprintln(stderr, faults)
		return exitConfig
	}
	fmt.Fprintln(stderr, "haproxy-alert:", err)
	if _, ok := errors.AsType[term.UsageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[logs.Interruption](err); ok {
		return exitInterrupted
	}
	return exitRuntime
}
