package config

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// Config is the configuration file. config.example.toml shows every key with its
// default and why one would change it.
type Config struct {
	// Journal is the folder of the fact log, Retain how long facts stay in it
	// that no open incident needs.
	Journal string   `toml:"journal"`
	Retain  Duration `toml:"retain"`
	// Control is the socket by which commands reach the running daemon.
	Control string `toml:"control"`
	// Backlog bounds the lines, in bytes, that wait in memory to be recorded.
	Backlog   Size      `toml:"backlog"`
	Listen    []Listen  `toml:"listen"`
	File      []File    `toml:"file"`
	Incidents Incidents `toml:"incidents"`
	Route     []Route   `toml:"route"`
	Silence   []Silence `toml:"silence"`
	Words     Words     `toml:"words"`
	Console   Console   `toml:"console"`
	Channels
}

// Listen is one socket that lines come in by.
type Listen struct {
	Address        string    `toml:"address"`
	Allow          []Network `toml:"allow"`
	MaxFrame       Size      `toml:"max_frame"`
	MaxConnections int       `toml:"max_connections"`
	IdleTimeout    Duration  `toml:"idle_timeout"`
	ReadBuffer     Size      `toml:"read_buffer"`
	Readers        int       `toml:"readers"`
	Mode           Mode      `toml:"mode"`
	Owner          string    `toml:"owner"`

	CertFile         string   `toml:"cert_file"`
	KeyFile          string   `toml:"key_file"`
	ClientCA         string   `toml:"client_ca"`
	HandshakeTimeout Duration `toml:"handshake_timeout"`
}

// Incidents are the rules of what belongs together and when it is told.
type Incidents struct {
	GroupBy     []string          `toml:"group_by"`
	GroupWait   Duration          `toml:"group_wait"`
	HoldDown    Duration          `toml:"hold_down"`
	Remind      Duration          `toml:"remind"`
	Digest      int               `toml:"digest"`
	Planned     alert.PlannedMode `toml:"planned"`
	ReloadGrace Duration          `toml:"reload_grace"`
	ReloadQuiet Duration          `toml:"reload_quiet"`
	QuietSource Duration          `toml:"quiet_source"`
	Drops       Duration          `toml:"drops"`
	LimitQuiet  Duration          `toml:"limit_quiet"`
	HardStops   bool              `toml:"hard_stops"`
	Flapping    Flapping          `toml:"flapping"`
	GiveUpAfter Duration          `toml:"give_up_after"`
	// ChannelAlarm is how long a channel may fail before the others are told.
	ChannelAlarm Duration `toml:"channel_alarm"`
}

// Flapping is how many changes within how long are too many to be told each.
type Flapping struct {
	Changes int      `toml:"changes"`
	Within  Duration `toml:"within"`
}

// Match selects incidents, by expressions over whole names, and their notices.
type Match struct {
	Proxy  alert.Pattern      `toml:"proxy"`
	Server alert.Pattern      `toml:"server"`
	Host   alert.Pattern      `toml:"host"`
	Kinds  []alert.NoticeKind `toml:"kinds"`
	Level  alert.Level        `toml:"level"`
	Hours  string             `toml:"hours"`
	Zone   alert.Zone         `toml:"zone"`
}

// Route leads what it matches to channels.
type Route struct {
	Match
	Channels  []string  `toml:"channels"`
	Continue  bool      `toml:"continue"`
	GroupWait *Duration `toml:"group_wait"`
	HoldDown  *Duration `toml:"hold_down"`
	Remind    *Duration `toml:"remind"`
}

// Silence keeps back what it matches, from and until a time, or in hours of the week.
type Silence struct {
	Match
	Name    string `toml:"name"`
	From    Moment `toml:"from"`
	Until   Moment `toml:"until"`
	Comment string `toml:"comment"`
}

// Words are templates for subject and body (text/template) and the body in HTML
// (html/template); empty ones mean what template.Custom says.
type Words struct {
	Subject string `toml:"subject"`
	Body    string `toml:"body"`
	HTML    string `toml:"html"`
}

// Console prints notices on standard output.
type Console struct {
	// Enabled is nil when the file does not say: then it prints if nothing else
	// is configured.
	Enabled *bool       `toml:"enabled"`
	Level   alert.Level `toml:"level"`
}

// defaultListen is where we listen when the file names no socket and no log file.
var defaultListen = []Listen{{Address: "udp://127.0.0.1:5514"}, {Address: "tcp://127.0.0.1:5514"}}

const (
	// DefaultBacklog holds some 200,000 health lines: half a minute of 6,000 a second.
	DefaultBacklog = 64 << 20
	// MinBacklog has room for several lines of any length.
	MinBacklog = 1 << 20
)

// maxControlPath is the room for a path in sockaddr_un, less the final NUL (unix(7)). The
// control socket has the same bound; a fault in the file is told before anything starts.
const maxControlPath = 107

// Defaults returns the embedded defaults, over which a file is read.
func Defaults() Config {
	return Config{
		Retain:  Duration(90 * 24 * time.Hour),
		Backlog: DefaultBacklog,
		Incidents: Incidents{
			GroupBy:      []string{"proxy", "server"},
			GroupWait:    Duration(alert.DefaultGroupWait),
			Digest:       alert.DefaultDigest,
			ReloadGrace:  Duration(alert.DefaultReloadGrace),
			ReloadQuiet:  Duration(alert.DefaultReloadQuiet),
			Drops:        Duration(defaultDrops),
			LimitQuiet:   Duration(alert.DefaultLimitQuiet),
			Flapping:     Flapping{alert.DefaultFlapChanges, Duration(alert.DefaultFlapWithin)},
			GiveUpAfter:  Duration(alert.DefaultGiveUpAfter),
			ChannelAlarm: Duration(alert.DefaultChannelAlarm),
		},
	}
}

// Settle fills in what depends on the rest of the configuration or on the
// surroundings.
func (c *Config) Settle() {
	if len(c.Listen) == 0 && len(c.File) == 0 {
		c.Listen = defaultListen
	}
	if c.Journal == "" {
		c.Journal = stateFolder()
	}
	if c.Control == "" && c.Journal != "" {
		c.Control = controlPath(c.Journal)
	}
	if c.Console.Enabled == nil {
		alone := len(c.tables()) == 0
		c.Console.Enabled = &alone
	}
	c.nameTables()
}

// stateFolder is the user's folder for what a program keeps: systemd's when it
// names one, else the XDG one. It is empty when there is no home either.
func stateFolder() string {
	if dir, _, _ := strings.Cut(os.Getenv("STATE_DIRECTORY"), ":"); dir != "" {
		return filepath.Join(dir, "journal")
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "haproxy-alert", "journal")
	}
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		return ""
	}
	return filepath.Join(home, ".local", "state", "haproxy-alert", "journal")
}

// consoleChannel is the console's name among the channels.
const consoleChannel = "console"

// ChannelNames are the names of the channels, in the order of the file.
func (c *Config) ChannelNames() []string {
	var names []string
	if *c.Console.Enabled {
		names = append(names, consoleChannel)
	}
	for _, t := range c.tables() {
		names = append(names, t.Common().Name)
	}
	return names
}

// String tells in a few words what the configuration amounts to.
func (c *Config) String() string {
	var on, words []string
	for _, l := range c.Listen {
		on = append(on, l.Address)
	}
	if len(on) > 0 {
		words = append(words, "listens on "+strings.Join(on, ", "))
	}
	for _, f := range c.File {
		words = append(words, "follows "+f.Path)
	}
	return strings.Join(append(words, "tells "+strings.Join(c.ChannelNames(), ", ")), ", ")
}

// controlPath is where the daemon of a journal listens when the configuration does not
// say: beside the journal, whose folder must hold nothing else.
func controlPath(journal string) string { return filepath.Clean(journal) + ".sock" }

// defaultDrops is how long a listener must lose nothing to be well again.
const defaultDrops = time.Minute
