package was

import (
	"fmt"
	"slices"
	"strings"
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
	// MaxLines is how many log lines an incident keeps: the first ones and the latest.
	// The rest is counted and the count is said in the notice.
	MaxLines = 20
	// MaxQueue is how many notices wait for one channel. For a further one the oldest
	// but the one in flight are folded into one, and counted.
	MaxQueue = 10_000
	// MaxListed is how many servers a notice lists; the rest is counted in it.
	MaxListed = 50
)

// Defaults of Policy.
const (
	DefaultGroupWait    = 2 * time.Second
	DefaultGiveUpAfter  = 24 * time.Hour
	DefaultChannelAlarm = 10 * time.Minute
	DefaultDigest       = 5
	DefaultReloadGrace  = 5 * time.Second
	DefaultReloadQuiet  = 5 * time.Minute
	DefaultFlapChanges  = 6
	DefaultFlapWithin   = 10 * time.Minute
)

// Policy is what the operator decides about incidents and channels. Zero means
// off, but for GroupBy and Words.
type Policy struct {
	// GroupBy names what tells incidents apart, beyond "proxy" and "server":
	// with "host" each load balancer's view is an incident of its own, without
	// it they share one. Default: proxy and server.
	GroupBy []string
	// Timing is how long to wait for what; a route may overrule it.
	Timing
	// ReloadGrace is how long after a reload what goes down is gathered into one
	// notice: a new process finds out anew which servers are dead.
	ReloadGrace time.Duration
	// ReloadQuiet is how long after a reload an incident stays open of which the
	// new process has said nothing; then it becomes unknown, and that is told.
	ReloadQuiet time.Duration
	// Flap says what flapping is.
	Flap Flap
	// Digest is how many incidents that become due at once are told in one
	// notice; 0 means each by itself.
	Digest int
	// Planned says how planned work is told.
	Planned PlannedMode
	// LimitQuiet is how long after the latest line about a limit that HAProxy reached
	// it counts as over; 0: never.
	LimitQuiet time.Duration
	// Drops is how long HAProxy must have lost none of its events for that to be over;
	// 0: it is told to nobody.
	Drops time.Duration
	// HardStops has those told who hear of planned work when HAProxy ends an old
	// process by force.
	HardStops bool
	// ChannelAlarm is how long a channel may fail before the others are told.
	ChannelAlarm time.Duration
	// Channels are told, each in its own order.
	Channels []Channel
	// Routes say which channels hear of what; none means all hear everything.
	Routes []Route
	// Silences suppress notices; those of the running daemon come as facts.
	Silences []Silence
	// Words turn an incident into subject and body; nil means DefaultWords in UTC.
	Words *Words
}

// Timing is how long to wait before telling.
type Timing struct {
	// GroupWait is how long a notice waits for what belongs to it. A proxy
	// without any server left does not wait.
	GroupWait time.Duration
	// HoldDown is how long an outage must last before it is told at all.
	HoldDown time.Duration
	// Remind is after how long an outage that goes on is told again, and again.
	Remind time.Duration
}

// Flap is when a server or proxy is flapping: so many changes between up and down
// within so long. It is calm again when it has not changed for as long.
type Flap struct {
	Changes int
	Within  time.Duration
}

// PlannedMode says how maintenance, drain and an operator's acts are told.
type PlannedMode uint8

// The modes. The zero mode is PlannedNotice.
const (
	PlannedNotice PlannedMode = iota // at severity notice, as planned work
	PlannedSilent                    // not at all
	PlannedAlert                     // as outages
)

var plannedModes = [...]string{PlannedNotice: "notice", PlannedSilent: "silent", PlannedAlert: "alert"}

// String returns the mode's name in the configuration.
func (m PlannedMode) String() string { return plannedModes[m] }

// UnmarshalText reads a mode's name; any other text is an error.
func (m *PlannedMode) UnmarshalText(text []byte) error {
	i := slices.Index(plannedModes[:], string(text))
	if i < 0 {
		return fmt.Errorf("want one of %s, not %q", strings.Join(plannedModes[:], ", "), text)
	}
	*m = PlannedMode(i)
	return nil
}

// Channel is one way to people, as far as the core needs to know it.
type Channel struct {
	Name string
	// Level is the least severity told, as email-alert's level has it: that of
	// Alert leaves planned work out. What ends an incident goes wherever its
	// beginning went.
	Level Level
	// GiveUpAfter bounds how long a notice is tried; zero means
	// DefaultGiveUpAfter.
	GiveUpAfter time.Duration
	// Rate is how many notices it takes; what is more is folded into fewer.
	Rate Rate
}

func (p Policy) byHost() bool { return slices.Contains(p.GroupBy, "host") }

func (c Channel) giveUpAfter() time.Duration {
	if c.GiveUpAfter == 0 {
		return DefaultGiveUpAfter
	}
	return c.GiveUpAfter
}

// Level is a bound of severity; the zero Level lets everything through.
type Level struct {
	bound Severity
	set   bool
}

// LevelOf lets through what is as bad as the severity, or worse.
func LevelOf(least Severity) Level { return Level{least, true} }

// UnmarshalText reads HAProxy's word for a severity: "emerg", "alert", "notice".
func (l *Level) UnmarshalText(text []byte) error {
	l.set = true
	return l.bound.UnmarshalText(text)
}

// MarshalText writes HAProxy's word for the severity.
func (l Level) MarshalText() ([]byte, error) { return l.bound.MarshalText() }

// IsZero reports whether everything gets through.
func (l Level) IsZero() bool { return !l.set }

// Equal reports whether the levels let the same through.
func (l Level) Equal(other Level) bool { return l == other }

func (l Level) passes(s Severity) bool { return !l.set || s <= l.bound }
