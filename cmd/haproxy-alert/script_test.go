package main

import (
	"bytes"
	"context"
	"flag"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts want to see")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"haproxy-alert": func() {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
		err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
		stop()
		os.Exit(exitCode(err, os.Stderr))
	}})
}

// TestScripts runs the commands as a user does, from testdata/scripts.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "../../testdata/scripts",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TZ", "UTC")
			return stampLines(e.WorkDir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"send": send, "await": await, "until": until, "certify": certify,
		},
	})
}

// stampLines writes the time of the test for MINUTEAGO in the lines a script sends, for
// serve takes a clock that is a day off for a wrong one.
func stampLines(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return err
	}
	stamp := time.Now().UTC().Add(-time.Minute).Format("2006-01-02T15:04")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("MINUTEAGO"), []byte(stamp)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// send NETWORK ADDRESS FILE writes the file to a socket: a datagram for each line,
// or all of it to a stream.
func send(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: send NETWORK ADDRESS FILE")
	}
	address := args[1]
	if strings.HasPrefix(args[0], "unix") {
		address = ts.MkAbs(address)
	}
	conn, err := net.Dial(args[0], address)
	ts.Check(err)
	defer conn.Close()
	for line := range strings.Lines(ts.ReadFile(args[2])) {
		_, err := conn.Write([]byte(line))
		ts.Check(err)
	}
}

// scriptPatience is how long a script waits for what must come: many run at once, on a
// machine that may be busy.
const scriptPatience = time.Minute

// await FILE TEXT waits until the file has the text.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE TEXT")
	}
	for end := time.Now().Add(scriptPatience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.Contains(string(text), args[1]) {
			return
		}
	}
	ts.Fatalf("%s does not say %q:\n%s", args[0], args[1], ts.ReadFile(args[0]))
}

// until PATTERN COMMAND ... runs the command again and again, until its output has the
// pattern: what the daemon logs it knows a moment later, when it is durable.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until PATTERN COMMAND [ARGUMENT ...]")
	}
	wanted, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for end := time.Now().Add(scriptPatience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err := ts.Exec(args[1], args[2:]...); err == nil && wanted.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("%s does not say %q:\n%s", args[1:], args[0], ts.ReadFile("stdout"))
}
