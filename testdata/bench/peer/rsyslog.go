package peer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"haproxy-alert/testdata/program"
)

// Rsyslog is the system's rsyslog. With one thread that reads datagrams it takes the least
// processor time; with two it loses less.
func Rsyslog(threads int) Kind {
	name := "rsyslog"
	if threads > 1 {
		name = fmt.Sprintf("rsyslog, %d threads", threads)
	}
	find := func() error { _, err := Look("rsyslogd"); return err }
	return Kind{Name: name, Rule: begins, find: find, start: func(ctx context.Context, s setting) (*Receiver, error) {
		s.Threads = threads
		return startRsyslog(ctx, s)
	}}
}

func startRsyslog(ctx context.Context, s setting) (*Receiver, error) {
	path, err := Look("rsyslogd")
	if err != nil {
		return nil, err
	}
	conf, err := write("rsyslog.conf", s.Dir, s)
	if err != nil {
		return nil, err
	}
	args := []string{"-n", "-i", filepath.Join(s.Dir, "pid"), "-f", conf}
	p, err := program.Command{Path: path, Args: args}.Start(ctx)
	if err != nil {
		return nil, err
	}
	return keeping(p, s), nil
}

// keeping is a receiver that keeps health lines in the file health.
func keeping(p *program.Process, s setting) *Receiver {
	file := filepath.Join(s.Dir, "health")
	return &Receiver{Process: p, kept: file, read: func() ([]string, error) { return lines(file) }}
}

// lines returns those of a file, without the blank that rsyslog leaves before a text.
func lines(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // not one health line came
	}
	var texts []string
	for line := range strings.Lines(string(b)) {
		texts = append(texts, strings.TrimPrefix(strings.TrimSuffix(line, "\n"), " "))
	}
	return texts, err
}
