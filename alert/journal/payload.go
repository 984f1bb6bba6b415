package journal

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// decode reads a payload: the JSON of a fact.
func decode(payload []byte) (alert.Fact, error) {
	var f alert.Fact
	if err := json.Unmarshal(payload, &f); err != nil {
		return alert.Fact{}, fmt.Errorf("decode fact: %w", err)
	}
	return f, nil
}

// encodeFact appends the payload of f to b, as encoding/json would write it but
// without reflection, with which a burst of 100 facts costs more than its sync.
// TestEveryFieldIsWritten fails for a field that is not here.
//
// It also makes f what a restart will read from the payload, so that live and
// replay fold the same facts: without the clock's monotonic part, and with U+FFFD
// where a line was not UTF-8.
func encodeFact(b []byte, f *alert.Fact, known *common) ([]byte, error) {
	start := len(b)
	o := object{common: known}
	b = closed(o.fact(b, f), start)
	if o.err != nil {
		return nil, o.err
	}
	f.Time, f.At = f.Time.Round(0), f.At.Round(0)
	if len(f.Done) == 0 {
		f.Done = nil
	}
	if o.replaced {
		var err error
		*f, err = decode(b[start:])
		return b, err
	}
	return b, nil
}

func (o *object) fact(b []byte, f *alert.Fact) []byte {
	b = o.kind(b, `,"f":`, f.Kind.String())
	b = o.time(b, `,"t":`, f.Time)
	if f.Source != (alert.Source{}) {
		b = o.source(b, &f.Source)
	}
	if !f.At.IsZero() {
		b = o.time(b, `,"at":`, f.At)
	}
	if !f.Said.IsZero() {
		b = o.time(b, `,"said":`, f.Said)
	}
	if f.Event != (parse.Event{}) {
		b = o.event(b, &f.Event)
	}
	b = o.text(b, `,"txt":`, f.Text)
	if f.Kind == alert.Operator {
		b = o.command(b, f)
	}
	b = integer(b, `,"lost":`, int64(f.Lost))
	if f.Mark != (alert.Mark{}) {
		b = o.mark(b, &f.Mark)
	}
	b = flag(b, `,"fin":`, f.Finished)
	b = o.text(b, `,"ch":`, f.Channel)
	b = o.text(b, `,"n":`, f.Notice)
	b = o.texts(b, `,"done":`, f.Done)
	b = o.text(b, `,"err":`, f.Error)
	return integer(b, `,"wait":`, int64(f.Wait))
}

// command writes what an Operator fact tells to do. Such facts are few: reflection
// does for them.
func (o *object) command(b []byte, f *alert.Fact) []byte {
	if !reflect.ValueOf(f.Silence).IsZero() {
		b = o.reflected(b, `,"q":`, f.Silence)
	}
	b = flag(b, `,"x":`, f.Expire)
	b = o.text(b, `,"quiet":`, f.Quiet)
	b = flag(b, `,"heard":`, f.Heard)
	if f.Miss != (alert.Miss{}) {
		b = o.reflected(b, `,"miss":`, f.Miss)
	}
	return b
}

// reflected leaves the writing to encoding/json; a restart reads times and zones of its
// own.
func (o *object) reflected(b []byte, name string, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		o.err = err
	}
	o.replaced = true
	return append(append(b, name...), text...)
}

// source copies what it wrote of the same source before.
func (o *object) source(b []byte, s *alert.Source) []byte {
	if c := o.common; *s == c.source {
		return append(b, c.written...)
	}
	start := len(b)
	b = o.newSource(b, s)
	if !o.replaced {
		o.common.source, o.common.written = *s, append(o.common.written[:0], b[start:]...)
	}
	return b
}

func (o *object) newSource(b []byte, s *alert.Source) []byte {
	b = append(b, `,"src":`...)
	start := len(b)
	b = o.text(b, `,"on":`, s.Listener)
	b = o.text(b, `,"peer":`, s.Peer)
	b = o.text(b, `,"host":`, s.Host)
	b = o.text(b, `,"tag":`, s.Tag)
	b = integer(b, `,"pid":`, int64(s.PID))
	b = integer(b, `,"fac":`, int64(s.Facility))
	b = integer(b, `,"sev":`, int64(s.Severity))
	b = flag(b, `,"copy":`, s.Copy)
	return closed(b, start)
}

func (o *object) mark(b []byte, m *alert.Mark) []byte {
	b = append(b, `,"mark":`...)
	start := len(b)
	b = o.text(b, `,"path":`, m.Path)
	b = unsigned(b, `,"dev":`, m.Dev)
	b = unsigned(b, `,"ino":`, m.Inode)
	b = integer(b, `,"off":`, m.Offset)
	b = integer(b, `,"skip":`, int64(m.Skip))
	b = unsigned(b, `,"head":`, m.Head)
	b = integer(b, `,"size":`, int64(m.HeadSize))
	b = unsigned(b, `,"tail":`, m.Tail)
	b = integer(b, `,"mod":`, m.Modified)
	b = integer(b, `,"since":`, m.Since)
	return closed(b, start)
}

func (o *object) event(b []byte, e *parse.Event) []byte {
	b = append(b, `,"ev":`...)
	start := len(b)
	b = o.kind(b, `,"kind":`, e.Kind.String())
	b = o.text(b, `,"proxy":`, e.Proxy)
	b = o.text(b, `,"server":`, e.Server)
	b = flag(b, `,"backup":`, e.Backup)
	b = o.text(b, `,"via":`, e.Via)
	b = o.text(b, `,"cause":`, e.Cause)
	b = o.text(b, `,"reason":`, e.Reason)
	b = number(b, `,"code":`, e.Code)
	b = o.text(b, `,"info":`, e.Info)
	b = number(b, `,"check_duration_ms":`, e.CheckDurationMS)
	b = number(b, `,"check_step":`, e.CheckStep)
	b = number(b, `,"status_num":`, e.StatusNum)
	b = number(b, `,"status_den":`, e.StatusDen)
	b = o.text(b, `,"status_state":`, e.StatusState)
	b = flag(b, `,"agent":`, e.Agent)
	b = flag(b, `,"conditional":`, e.Conditional)
	b = number(b, `,"active":`, e.Active)
	b = number(b, `,"backup_left":`, e.BackupLeft)
	b = flag(b, `,"running_on_backup":`, e.RunningOnBackup)
	b = number(b, `,"sessions":`, e.Sessions)
	b = number(b, `,"requeued":`, e.Requeued)
	b = number(b, `,"queued":`, e.Queued)
	b = number(b, `,"count":`, e.Count)
	b = flag(b, `,"truncated":`, e.Truncated)
	return closed(b, start)
}

// stamps are the last days and zones that were written.
type stamps [2]stamp

// stamp is what the times of one day have in common.
type stamp struct {
	midnight int64                    // the day's first second, as a clock of the zone counts
	offset   int                      // of the zone, in seconds
	date     [len("2026-11-20T")]byte // empty in a zero stamp
	zone     [len("+01:00")]byte      // what ends the text
	size     int                      // of zone; 0: nothing is known
}

// time writes a time as time.Time.AppendText does. Only the first of a day costs a
// calendar.
func (o *object) time(b []byte, name string, t time.Time) []byte {
	b = append(append(b, name...), '"')
	_, offset := t.Zone()
	local := t.Unix() + int64(offset)
	for k := range o.common.stamps {
		s := &o.common.stamps[k]
		if since := local - s.midnight; s.size > 0 && s.offset == offset && uint64(since) < 24*60*60 {
			return append(s.at(b, uint32(since), uint32(t.Nanosecond())), '"')
		}
	}
	start := len(b)
	b, err := t.AppendText(b)
	if err != nil {
		o.err = err
		return b
	}
	o.common.stamps[1] = o.common.stamps[0]
	o.common.stamps[0] = stampOf(b[start:], t, offset)
	return append(b, '"')
}

// stampOf learns from the text of t.
func stampOf(text []byte, t time.Time, offset int) stamp {
	hour, minute, second := t.Clock()
	s := stamp{midnight: t.Unix() + int64(offset) - int64(hour*3600+minute*60+second), offset: offset, size: 1}
	if offset != 0 {
		s.size = len(s.zone)
	}
	copy(s.date[:], text)
	copy(s.zone[:], text[len(text)-s.size:])
	return s
}

// at writes the time so many seconds and nanoseconds after midnight.
func (s *stamp) at(b []byte, second, nano uint32) []byte {
	b = append(b, s.date[:]...)
	hour, minute := pairs[second/3600], pairs[second/60%60]
	seconds := pairs[second%60]
	b = append(b, hour[0], hour[1], ':', minute[0], minute[1], ':', seconds[0], seconds[1])
	if nano != 0 {
		b = fraction(b, nano)
	}
	if s.size == 1 {
		return append(b, s.zone[0])
	}
	return append(b, s.zone[:]...)
}

// fraction writes nanoseconds without the zeros at their end.
func fraction(b []byte, nano uint32) []byte {
	micro, rest := nano/1000, nano%1000
	high, low := micro/1000, micro%1000
	p1, p2, p3, p4 := pairs[high/10], pairs[high%10*10+low/100], pairs[low%100], pairs[rest/10]
	b = append(b, '.', p1[0], p1[1], p2[0], p2[1], p3[0], p3[1], p4[0], p4[1], byte('0'+rest%10))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// pairs are the numbers below 100 in two digits.
var pairs = func() (table [100][2]byte) {
	for n := range table {
		table[n] = [2]byte{byte('0' + n/10), byte('0' + n%10)}
	}
	return table
}()
