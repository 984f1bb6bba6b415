package peer

import (
	"context"
	"net/netip"
	"os/exec"
	"strings"

	"haproxy-alert/testdata/program"
)

// A Balancer is the configuration of a HAProxy that checks two servers of a backend,
// be_app/s1 every 20 ms, and both logs and mails what it finds.
type Balancer struct {
	Dir             string
	Log             netip.AddrPort // where log lines go, UDP
	Relay           netip.AddrPort // where its own mailers send
	Checked, Steady netip.AddrPort // s1 and s2
}

// Start starts HAProxy; it is ready when it logs.
func (b Balancer) Start(ctx context.Context) (*program.Process, error) {
	path, err := Look("haproxy")
	if err != nil {
		return nil, err
	}
	conf, err := write("haproxy.cfg", b.Dir, b)
	if err != nil {
		return nil, err
	}
	// From 3.3 on the mailers are gone, and the configuration a warning.
	if said, err := exec.CommandContext(ctx, path, "-c", "-f", conf).CombinedOutput(); err != nil {
		return nil, Missing{"HAProxy's mailers", "this HAProxy does not have them: " + strings.TrimSpace(string(said))}
	}
	return program.Command{Path: path, Args: []string{"-db", "-f", conf}}.Start(ctx)
}
