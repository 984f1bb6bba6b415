package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haproxy-alert/alert/journal"
)

func whyCommand() *cobra.Command {
	var asJSON bool
	var since string
	cmd := &cobra.Command{
		Use:   "why PROXY[/SERVER]",
		Short: "Say what was told of a server or proxy, what was not, and why",
		Long: `why reads the journal, beside the running daemon or without one, and tells in
order what is known of a server: its health lines, its incidents, each notice with
who was told and how that went, and each notice that a rule kept back, with the
rule. Of a proxy it tells with all its servers. A log file, a listener or a sender, as
status names them, may stand for the proxy: then it tells when lines were lost there,
or when nothing was heard.

Which notices were due follows from the lines by the configuration of today; what
was sent stands in the journal. Where they differ, why says so.

With --json it writes one object a row.`,
		Example: `  haproxy-alert why be_app/s1 --since 24h
  haproxy-alert why be_app`,
		Args: cobra.ExactArgs(1),
	}
	file := configFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a row")
	cmd.Flags().StringVar(&since, "since", "", "only the last `DURATION`, such as 24h or 7d")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		from, err := sinceTime(since, time.Now())
		if err != nil {
			return usageError{err}
		}
		cfg, err := loadConfig(*file)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(cmd.OutOrStdout())
		var show whyView = &whyText{w: out, zone: time.Local}
		if asJSON {
			enc := json.NewEncoder(out)
			enc.SetEscapeHTML(false)
			show = &whyJSON{enc}
		}
		q := newInquiry(args[0], from, cfg.policy(), cfg.renderer(), show.row)
		err = q.read(cfg.Journal, cmd.ErrOrStderr())
		if err == nil {
			err = show.end(q.totals)
		}
		return errors.Join(err, out.Flush())
	}
	return cmd
}

// sinceTime is when to begin; the zero time is the journal's beginning.
func sinceTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	var d Duration
	if err := d.UnmarshalText([]byte(text)); err != nil {
		return time.Time{}, fmt.Errorf("since: %w", err)
	}
	return now.Add(-time.Duration(d)), nil
}

// read folds the journal. Damage is told and read past.
func (q *inquiry) read(dir string, warn io.Writer) error {
	for f, err := range journal.Read(dir) {
		if d, ok := errors.AsType[journal.Damage](err); ok {
			fmt.Fprintln(warn, "haproxy-alert: what follows may lack something:", d)
			continue
		}
		if err != nil {
			return err
		}
		if err := q.take(f); err != nil {
			return err
		}
	}
	if err := q.finish(); err != nil {
		return err
	}
	if q.totals.Strays > 0 {
		fmt.Fprintf(warn, "haproxy-alert: %d deliveries in the journal are of notices that would not be due today: "+
			"the configuration has changed, or the journal no longer has their lines\n", q.totals.Strays)
	}
	if !q.totals.Known {
		return fmt.Errorf("why %s: %s", q.name(), q.totals.nothing(dir))
	}
	return nil
}

// nothing says that a journal has no word of what was asked for, and what it covers.
func (t whyTotals) nothing(dir string) string {
	if t.First.IsZero() {
		return fmt.Sprintf("the journal %s is empty", dir)
	}
	return fmt.Sprintf("no word of it in the journal %s, which begins at %s", dir, t.First.Local().Format(clockForm))
}

// splitName reads PROXY or PROXY/SERVER. HAProxy's names have no slash; log files and the
// addresses of listeners do, and stand where a proxy's name does.
func splitName(name string) (proxy, server string) {
	if strings.HasPrefix(name, "/") || strings.Contains(name, "://") {
		return name, ""
	}
	proxy, server, _ = strings.Cut(name, "/")
	return proxy, server
}
