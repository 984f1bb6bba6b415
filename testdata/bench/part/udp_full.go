package part

import (
	"context"
	"fmt"

	"haproxy-alert/testdata/bench/report"
)

// fullSpeed sends as fast as the kernel takes it.
func (u UDP) fullSpeed(ctx context.Context, g gallery, s *report.Section) error {
	header := []string{"run"}
	for _, kind := range g.kinds {
		header = append(header, kind.Name+": sent", "health lines lost", "datagrams dropped")
	}
	detail := report.Detail{Title: "As fast as the sender goes, run by run", Cells: [][]string{header}}
	lost := turns(g.kinds)
	var speed report.Series
	for run := range u.FullRuns {
		cells := []string{fmt.Sprint(run + 1)}
		err := g.volley(ctx, 0, u.Datagrams, func(i int, shot shot) {
			lost.Add(i, float64(shot.lost))
			speed = append(speed, shot.rate)
			cells = append(cells, report.PerSecond.Format(shot.rate), fmt.Sprintf("%d of %d", shot.lost, shot.wanted),
				report.Lines.Format(float64(shot.took.Dropped)))
		})
		if err != nil {
			return err
		}
		detail.Cells = append(detail.Cells, cells)
	}
	s.Detail = append(s.Detail, detail)
	s.Limit = fmt.Sprintf(`At full speed the sender put out %s to %s. Its time for a datagram, %s in the median, holds the kernel's whole work
up to the receiver's buffer: loopback delivers within the sender's system call. The receiver copies it out and looks at it on the
other core, if nobody else wants that one. What is lost is lost in the kernel, when the buffer is full: when the receiver needs
longer for a datagram than the sender, or is not on a core for longer than the buffer lasts, some tens of milliseconds.`,
		report.PerSecond.Format(speed.Quantile(0)), report.PerSecond.Format(speed.Quantile(1)), report.Seconds.Format(1/speed.Median()))
	s.Rows = append(s.Rows, lost.Rows("UDP at full speed, health lines lost", report.Lines,
		report.Goal{Kind: report.EachAtMost, Bound: 0})...)
	return nil
}
