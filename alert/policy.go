package alert

import (
	"slices"
	"time"
)

// Bounds of what State keeps. A log line is free to name anything, so nothing a
// line can name may grow without one of these.
const (
	// MaxServers is how many servers and proxies are followed at once that are
	// not simply up. A line about one more is counted in State.Overflow.
	MaxServers = 100_000
	// MaxObservers is how many load balancers may speak of one server; a line of
	// one more is counted in State.Overflow.
	MaxObservers = 256
	// MaxLines is how many log lines an incident keeps: the first ones. The rest
	// is counted and the count is said in the notice.
	MaxLines = 20
	// MaxQueue is how many notices wait for one channel. The oldest but the one
	// in flight is dropped for a further one, and counted in State.Overflow.
	MaxQueue = 10_000
)

// Defaults of Policy.
const (
	DefaultGroupWait   = 2 * time.Second
	DefaultGiveUpAfter = 24 * time.Hour
)

// Policy is what the operator decides about incidents and channels.
type Policy struct {
	// GroupBy names what tells incidents apart, beyond "proxy" and "server":
	// with "host" each load balancer's view is an incident of its own, without
	// it they share one. Default: proxy and server.
	GroupBy []string
	// GroupWait is how long a notice waits for what belongs to it. A proxy
	// without any server left does not wait.
	GroupWait time.Duration
	// Channels are told, each in its own order.
	Channels []Channel
	// Words turn an incident into subject and body; nil means DefaultWords in UTC.
	Words *Words
}

// Channel is one way to people, as far as the core needs to know it.
type Channel struct {
	Name string
	// GiveUpAfter bounds how long a notice is tried; zero means
	// DefaultGiveUpAfter.
	GiveUpAfter time.Duration
}

func (p Policy) byHost() bool { return slices.Contains(p.GroupBy, "host") }

func (c Channel) giveUpAfter() time.Duration {
	if c.GiveUpAfter == 0 {
		return DefaultGiveUpAfter
	}
	return c.GiveUpAfter
}
