package notify

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// Exit codes of a program (sysexits.h). 0 is delivered; any other means: try again.
const exitRefused = 65 // EX_DATAERR: this notice is refused for good

// maxOutput is how many octets of a program's output are kept for an error.
const maxOutput = 4 << 10

// waitDelay is how long a killed program's children may hold its pipes open.
const waitDelay = time.Second

// Exec runs a program for each notice, without a shell: Payload as JSON on its standard
// input, and in its environment PATH, HOME, LANG, TZ and these, each on one line:
//
//	HAPROXY_ALERT_ID HAPROXY_ALERT_KIND HAPROXY_ALERT_SEVERITY HAPROXY_ALERT_PROXY
//	HAPROXY_ALERT_SERVER HAPROXY_ALERT_INCIDENT HAPROXY_ALERT_SUBJECT HAPROXY_ALERT_CHANNEL
type Exec struct {
	Settings
	// Command is the program and its arguments, as they are.
	Command []string `toml:"command"`
	// Timeout ends the program and its children. Zero is DefaultTimeout.
	Timeout Duration `toml:"timeout"`
	// Env adds variables; their values may be secrets.
	Env map[string]Secret `toml:"env"`
}

// Notifier returns the channel itself.
func (e *Exec) Notifier(*slog.Logger) alert.Notifier { return e }

// Check returns the faults of the settings, each "key: cause".
func (e *Exec) Check() []error {
	if len(e.Command) == 0 {
		return []error{errors.New("command: want a program and its arguments")}
	}
	var faults []error
	if _, err := exec.LookPath(e.Command[0]); err != nil {
		faults = append(faults, fmt.Errorf("command[0]: %w", err))
	}
	for k, arg := range e.Command {
		if strings.ContainsRune(arg, 0) {
			faults = append(faults, fmt.Errorf("command[%d]: want no NUL in it", k))
		}
	}
	for name, value := range e.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(string(value), 0) {
			faults = append(faults, fmt.Errorf("env: want a name without '=' and no NUL in %q", name))
		}
	}
	return faults
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
	input, err := toJSON(payloadOf(d))
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
	if err != nil && out.text() != "" {
		err = fmt.Errorf("%w: %s", err, out.text())
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
	n := d.Notice
	for _, v := range [][2]string{
		{"ID", n.ID}, {"KIND", n.Kind.String()}, {"SEVERITY", n.Severity.String()}, {"PROXY", n.Proxy}, {"SERVER", n.Server},
		{"INCIDENT", n.Incident}, {"SUBJECT", subject(n)}, {"CHANNEL", d.Channel},
	} {
		env = append(env, "HAPROXY_ALERT_"+v[0]+"="+oneLine(v[1], maxLine))
	}
	for name, value := range e.Env {
		env = append(env, name+"="+string(value))
	}
	return env
}

// output keeps the beginning of what a program writes and lets the rest go.
type output struct{ b []byte }

func (o *output) Write(p []byte) (int, error) {
	o.b = append(o.b, p[:min(len(p), maxOutput-len(o.b))]...)
	return len(p), nil
}

func (o *output) text() string { return oneLine(string(o.b), maxExcerpt) }
