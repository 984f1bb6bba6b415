package notify

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// Exit codes of a program (sysexits.h). 0 is delivered; any other means: try again.
const exitRefused = 65 // EX_DATAERR: this notice is refused for good

// maxOutput is how many octets of a program's output are kept: the last ones.
const maxOutput = 4 << 10

// waitDelay is how long a killed program's children may hold its pipes open.
const waitDelay = time.Second

// Exec runs a program for each notice, without a shell: Payload as JSON on its standard
// input, and in its environment PATH, HOME, LANG, TZ and these, each on one line:
//
//	HAPROXY_ALERT_ID HAPROXY_ALERT_KIND HAPROXY_ALERT_SEVERITY HAPROXY_ALERT_INCIDENT HAPROXY_ALERT_FIRST
//	HAPROXY_ALERT_PROXY HAPROXY_ALERT_SERVER HAPROXY_ALERT_SUBJECT HAPROXY_ALERT_OBSERVERS HAPROXY_ALERT_TIME
//	HAPROXY_ALERT_OPENED HAPROXY_ALERT_CLOSED HAPROXY_ALERT_LATE_S HAPROXY_ALERT_CHANNEL HAPROXY_ALERT_ATTEMPT
type Exec struct {
	Settings
	// Command is the program and its arguments, as they are.
	Command []string `toml:"command"`
	// Timeout ends the program and its children. Zero is DefaultTimeout.
	Timeout Duration `toml:"timeout"`
	// Env adds variables; their values may be secrets.
	Env map[string]Secret `toml:"env"`
	// Trace gets how each run ended and what it said; nil is silent.
	Trace io.Writer `toml:"-"`
}

// TraceTo has each run told to out.
func (e *Exec) TraceTo(out io.Writer) { e.Trace = out }

// Notifier returns the channel itself.
func (e *Exec) Notifier(*slog.Logger) alert.Notifier { return e }

// Check returns the faults of the settings, each "key: cause".
func (e *Exec) Check() []error {
	if len(e.Command) == 0 {
		return []error{errors.New("command: want a program and its arguments")}
	}
	var faults []error
	if _, err := exec.LookPath(e.Command[0]); err != nil {
		if found, ok := errors.AsType[*exec.Error](err); ok {
			err = found.Err // it says the name once more
		}
		faults = append(faults, fmt.Errorf("command[0]: find program %q: %w", e.Command[0], err))
	}
	for k, arg := range e.Command {
		if strings.ContainsAny(arg, "\x00\r\n") {
			faults = append(faults, fmt.Errorf("command[%d]: want it on one line: put a longer script into a file", k))
		}
	}
	if bad := Misnamed(e.Env, isVariable); len(bad) > 0 {
		faults = append(faults, fmt.Errorf("env: want a name of letters, digits and '_' that is not ours, not %s", strings.Join(bad, " or ")))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Env)) {
		if isVariable(name) && strings.ContainsAny(string(e.Env[name]), "\x00\r\n") {
			faults = append(faults, fmt.Errorf("env.%s: want a value on one line", name))
		}
	}
	if e.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: want more than 0, not %s", e.Timeout))
	}
	return faults
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// isVariable reports whether a configuration may set the variable.
func isVariable(name string) bool {
	return variableName.MatchString(name) && !strings.HasPrefix(name, "HAPROXY_ALERT_")
}

// Notify runs the program once.
func (e *Exec) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	err := e.run(ctx, d)
	if err == nil {
		return alert.Receipt{}, nil
	}
	err = fmt.Errorf("exec %s: %w", e.Name, err)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == exitRefused {
		err = alert.Permanent(err)
	}
	return alert.Receipt{}, err
}

func (e *Exec) run(ctx context.Context, d alert.Dispatch) error {
	input, err := ToJSON(PayloadOf(d))
	if err != nil {
		return err
	}
	limit := cmp.Or(time.Duration(e.Timeout), DefaultTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it ran for longer than %s", limit))
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	cmd := exec.CommandContext(ctx, e.Command[0], e.Command[1:]...)
	cmd.Stdin, cmd.Env, cmd.WaitDelay = bytes.NewReader(append(input, '\n')), e.environment(d), waitDelay
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	inGroup(cmd)
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, exec.ErrWaitDelay):
		err = nil // it ended well, only a child of it lives on
	}
	said := OneLine(e.hidden().Mask(out.lastLine()), MaxExcerpt)
	e.trace("> %s, %d arguments, %d octets on its standard input", e.Command[0], len(e.Command)-1, len(input)+1)
	if cmd.ProcessState != nil { // it was started
		e.trace("< %s: %s", cmd.ProcessState, said)
	}
	if err != nil && said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return err
}

// environment is all that the program sees. Values that lines of a log reach are one
// printable line each.
func (e *Exec) environment(d alert.Dispatch) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "LANG", "TZ"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	for _, v := range variables(d) {
		env = append(env, "HAPROXY_ALERT_"+v[0]+"="+OneLine(v[1], MaxLine))
	}
	for name, value := range e.Env {
		env = append(env, name+"="+string(value))
	}
	return env
}

// variables are what the environment tells of a notice.
func variables(d alert.Dispatch) [][2]string {
	n := d.Notice
	v := [][2]string{
		{"ID", n.ID},
		{"KIND", n.Kind.String()},
		{"SEVERITY", n.Severity.String()},
		{"INCIDENT", n.Incident},
		{"FIRST", n.First},
		{"PROXY", n.Proxy},
		{"SERVER", n.Server},
		{"SUBJECT", Subject(n)},
		{"OBSERVERS", strings.Join(n.Observers, ", ")},
		{"LATE_S", strconv.Itoa(int(d.Delay.Seconds()))},
		{"CHANNEL", d.Channel},
		{"ATTEMPT", strconv.Itoa(d.Attempt)},
	}
	for _, at := range []struct {
		name string
		time time.Time
	}{{"TIME", n.Time}, {"OPENED", n.Opened}, {"CLOSED", n.Closed}} {
		text := ""
		if !at.time.IsZero() {
			text = at.time.Format(time.RFC3339)
		}
		v = append(v, [2]string{at.name, text})
	}
	return v
}

// hidden are the secrets that the program knows and might print.
func (e *Exec) hidden() (h Hidden) {
	for _, value := range e.Env {
		if len(value) >= MinHidden {
			h = append(h, string(value))
		}
	}
	return h
}

func (e *Exec) trace(format string, args ...any) {
	if e.Trace != nil {
		fmt.Fprintf(e.Trace, format+"\n", args...)
	}
}

// output keeps the end of what a program writes, where the reason stands, and lets the
// rest go.
type output struct{ b []byte }

func (o *output) Write(p []byte) (int, error) {
	o.b = append(o.b, p...)
	o.b = o.b[max(0, len(o.b)-maxOutput):]
	return len(p), nil
}

// lastLine is the last line that is not blank.
func (o *output) lastLine() string {
	text := strings.TrimSpace(string(o.b))
	return text[strings.LastIndexByte(text, '\n')+1:]
}
