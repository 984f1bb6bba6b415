package peer

import (
	"context"
	"path/filepath"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
	"haproxy-alert/testdata/program"
)

// Ours is haproxy-alert, whose program is at path, on its default settings but for the
// address; with a relay it has a mailer that does not gather.
func Ours(path string) Kind {
	return Kind{
		Name: "haproxy-alert", Rule: everything, Ours: true,
		find: func() error { return nil },
		start: func(ctx context.Context, s setting) (*Receiver, error) {
			s.ours = path
			return startOurs(ctx, s)
		},
	}
}

func startOurs(ctx context.Context, s setting) (*Receiver, error) {
	conf, err := write("haproxy-alert.toml", s.Dir, s)
	if err != nil {
		return nil, err
	}
	p, err := program.Command{Path: s.ours, Args: []string{"serve", "-c", conf}}.Start(ctx)
	if err != nil {
		return nil, err
	}
	ready := func() bool { return p.Out.Contains(`"msg":"ready"`) }
	if err := p.Await(ctx, startWithin, "ready", ready); err != nil {
		p.Kill()
		return nil, err
	}
	dir := Journal(s.Dir)
	return &Receiver{
		Process: p, Ready: time.Since(p.Began), kept: filepath.Join(dir, "*.facts"),
		read: func() ([]string, error) { return observed(dir) },
	}, nil
}

// Journal is the folder of the journal of a haproxy-alert whose files are in dir.
func Journal(dir string) string { return filepath.Join(dir, "journal") }

// observed returns the texts of the health lines in a journal.
func observed(dir string) ([]string, error) {
	var texts []string
	for fact, err := range journal.Read(dir) {
		if err != nil {
			return nil, err
		}
		if fact.Kind == alert.Observed {
			texts = append(texts, fact.Text)
		}
	}
	return texts, nil
}
