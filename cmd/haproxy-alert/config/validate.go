package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"haproxy-alert/syslog/receive"
)

// validator gathers faults of values that can each be read.
type validator struct {
	name   string
	ps     places
	faults Faults
}

// validate reports what the values mean wrongly. It opens nothing.
func validate(c *Config, name string, ps places) Faults {
	v := &validator{name: name, ps: ps}
	if c.Journal == "" {
		v.fault("journal", "want a folder: there is no home and no STATE_DIRECTORY to keep it in")
	}
	v.control(c)
	if c.Backlog < MinBacklog {
		v.fault("backlog", "want 1MiB or more")
	}
	v.listeners(c.Listen)
	v.files(c.File)
	v.incidents(c.Incidents)
	v.routes(c)
	v.silences(c.Silence)
	if _, err := c.Words.words(); err != nil {
		v.fault("words", "%v", err)
	}
	for _, t := range c.tables() {
		v.channel(t)
	}
	v.channelNames(c)
	return v.faults
}

func (v *validator) fault(key, format string, args ...any) {
	v.faults = append(v.faults, Fault{File: v.name, Line: v.ps.line(key), Key: key, Cause: fmt.Sprintf(format, args...)})
}

// absent takes a fault that this machine has, and not the file.
func (v *validator) absent(key, format string, args ...any) {
	v.fault(key, format, args...)
	v.faults[len(v.faults)-1].Absent = true
}

// isAway reports whether an error is that something is not on this machine, or not ours
// to read.
func isAway(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, exec.ErrNotFound)
}

// control stands beside the journal when the file does not say where; a journal's
// folder must hold nothing else.
func (v *validator) control(c *Config) {
	key := "control"
	if v.ps.line(key) == 0 {
		key = "journal"
	}
	switch {
	case len(c.Control) > maxControlPath:
		v.fault(key, "path has %d bytes, a socket's may have %d: set control to a shorter one than %s", len(c.Control), maxControlPath, c.Control)
	case c.Control != "" && filepath.Dir(filepath.Clean(c.Control)) == filepath.Clean(c.Journal):
		v.fault("control", "want a place outside of the journal's folder")
	}
}

func (v *validator) listeners(ls []Listen) {
	seen := map[string]bool{}
	for i, l := range ls {
		key := fmt.Sprintf("listen[%d].address", i)
		switch err := checkAddress(l.Address); {
		case err != nil:
			v.fault(key, "%v", err)
		case seen[l.Address] && !strings.HasSuffix(l.Address, ":0"):
			v.fault(key, "%s is named twice", l.Address)
		}
		seen[l.Address] = true
		v.readers(fmt.Sprintf("listen[%d].readers", i), l)
		if l.ReadBuffer > 0 && l.ReadBuffer < minReadBuffer {
			v.fault(fmt.Sprintf("listen[%d].read_buffer", i), "want 64KiB or more: what does not fit is lost")
		}
		v.owner(fmt.Sprintf("listen[%d].owner", i), l.Owner)
		v.tls(fmt.Sprintf("listen[%d]", i), l)
		v.meaning(fmt.Sprintf("listen[%d]", i), l)
	}
}

// minReadBuffer holds some thirty lines.
const minReadBuffer = 64 << 10

// readers share the datagrams of one UDP address.
func (v *validator) readers(key string, l Listen) {
	switch {
	case l.Readers < 0 || l.Readers > receive.MaxReaders:
		v.fault(key, "want 1 to %d", receive.MaxReaders)
	case l.Readers > 1 && !strings.HasPrefix(l.Address, "udp:"):
		v.fault(key, "only a udp:// address can have more than one")
	}
}

// owner looks up the user and the group of a socket file.
func (v *validator) owner(key, text string) {
	name, group, _ := strings.Cut(text, ":")
	if _, err := user.Lookup(name); name != "" && err != nil {
		if _, err := user.LookupId(name); err != nil {
			v.absent(key, "there is no user %q", name)
		}
	}
	if _, err := user.LookupGroup(group); group != "" && err != nil {
		if _, err := user.LookupGroupId(group); err != nil {
			v.absent(key, "there is no group %q", group)
		}
	}
}

func checkAddress(address string) error {
	_, err := receive.ParseAddress(address)
	return err
}

// groupings are what group_by may name.
var groupings = []string{"host", "proxy", "server"}

func (v *validator) incidents(in Incidents) {
	for _, g := range in.GroupBy {
		if !slices.Contains(groupings, g) {
			v.fault("incidents.group_by", "unknown %q, want %s", g, strings.Join(groupings, ", "))
		}
	}
	for _, want := range groupings[1:] {
		if !slices.Contains(in.GroupBy, want) {
			v.fault("incidents.group_by", "want at least %q and %q", "proxy", "server")
			break
		}
	}
	if in.GiveUpAfter == 0 {
		v.fault("incidents.give_up_after", "want more than 0s")
	}
	if in.LimitQuiet == 0 {
		v.fault("incidents.limit_quiet", "want more than 0s: no line says that a limit is over, so it would be open for ever")
	}
	if in.Digest < 0 || in.Digest == 1 {
		v.fault("incidents.digest", "want 2 or more, or 0 for no digests")
	}
	if f := in.Flapping; f.Changes < 0 || f.Changes == 1 || f.Changes > 0 && f.Within == 0 {
		v.fault("incidents.flapping", "want 2 changes or more within a time, or 0 changes for never")
	}
}

func (v *validator) routes(c *Config) {
	for i, r := range c.Route {
		key := fmt.Sprintf("route[%d]", i)
		if _, err := r.rule(); err != nil {
			v.fault(key+".hours", "%v", err)
		}
		if len(r.Channels) == 0 {
			v.fault(key+".channels", "want at least one channel")
		}
		for _, name := range r.Channels {
			if !slices.Contains(c.ChannelNames(), name) {
				v.fault(key+".channels", "unknown channel %q, want one of %s", name, strings.Join(c.ChannelNames(), ", "))
			}
		}
	}
}

func (v *validator) silences(list []Silence) {
	for i, q := range list {
		key := fmt.Sprintf("silence[%d]", i)
		rule, err := q.rule(i)
		switch {
		case err != nil:
			v.fault(key+".hours", "%v", err)
		case rule.Until.IsZero() && rule.Hours.IsZero():
			v.fault(key+".until", "want an end, or hours of the week: a silence for ever is an outage nobody hears of")
		case !rule.Until.IsZero() && !rule.Until.After(rule.From):
			v.fault(key+".until", "want a time after from")
		}
	}
}

func (v *validator) channel(t placedTable) {
	v.keyed(t.key, t.Check())
}

// keyed takes faults of a table that are each "key: cause".
func (v *validator) keyed(table string, faults []error) {
	for _, err := range faults {
		key, cause, _ := strings.Cut(err.Error(), ": ")
		switch key = table + "." + key; {
		case v.named(key):
		case isAway(err):
			v.absent(key, "%s", cause)
		default:
			v.fault(key, "%s", cause)
		}
	}
}

// named reports whether the key, or a part of its value, has a fault already.
func (v *validator) named(key string) bool {
	return slices.ContainsFunc(v.faults, func(f Fault) bool { return strings.HasPrefix(f.Key, key) })
}

var channelName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// channelNames: a channel's name stands in the journal, so it must tell it apart
// for good.
func (v *validator) channelNames(c *Config) {
	seen := map[string]bool{consoleChannel: true}
	for _, t := range c.tables() {
		key, name := t.key+".name", t.Common().Name
		switch {
		case !channelName.MatchString(name):
			v.fault(key, "want a name of letters, digits, '-', '_' and '.', not %q", name)
		case seen[name]:
			v.fault(key, "%q names another channel already", name)
		}
		seen[name] = true
	}
	if len(c.ChannelNames()) == 0 {
		v.fault("console.enabled", "nobody would be told: no channel, and the console is off")
	}
}
