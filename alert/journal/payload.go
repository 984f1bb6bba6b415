package journal

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

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
func encodeFact(b []byte, f *alert.Fact, known *stamps) ([]byte, error) {
	start := len(b)
	o := object{b: append(b, '{'), stamps: known}
	o.fact(f)
	o.close()
	if o.err != nil {
		return nil, o.err
	}
	f.Time, f.At = f.Time.Round(0), f.At.Round(0)
	if len(f.Done) == 0 {
		f.Done = nil
	}
	if o.replaced {
		var err error
		*f, err = decode(o.b[start:])
		return o.b, err
	}
	return o.b, nil
}

func (o *object) fact(f *alert.Fact) {
	o.kind(`"f":`, f.Kind.String())
	o.time(`"t":`, f.Time)
	if f.Source != (alert.Source{}) {
		o.source(&f.Source)
	}
	if !f.At.IsZero() {
		o.time(`"at":`, f.At)
	}
	if !f.Said.IsZero() {
		o.time(`"said":`, f.Said)
	}
	if f.Event != (parse.Event{}) {
		o.event(&f.Event)
	}
	o.text(`"txt":`, f.Text)
	if f.Kind == alert.Operator {
		o.command(f)
	}
	o.number(`"lost":`, parse.Number{Value: f.Lost, Said: f.Lost != 0})
	if f.Mark != (alert.Mark{}) {
		o.mark(&f.Mark)
	}
	o.text(`"ch":`, f.Channel)
	o.text(`"n":`, f.Notice)
	o.texts(`"done":`, f.Done)
	o.text(`"err":`, f.Error)
	if f.Wait != 0 {
		o.name(`"wait":`)
		o.b = strconv.AppendInt(o.b, int64(f.Wait), 10)
	}
}

// command writes what an Operator fact tells to do. Such facts are few: reflection
// does for them.
func (o *object) command(f *alert.Fact) {
	if !reflect.ValueOf(f.Silence).IsZero() {
		silence, err := json.Marshal(f.Silence)
		if err != nil {
			o.err = err
			return
		}
		o.name(`"q":`)
		o.b = append(o.b, silence...)
		o.replaced = true // a restart reads times and zones of its own
	}
	o.flag(`"x":`, f.Expire)
	o.text(`"quiet":`, f.Quiet)
	o.flag(`"heard":`, f.Heard)
}

func (o *object) source(s *alert.Source) {
	o.open(`"src":`)
	o.text(`"on":`, s.Listener)
	o.text(`"peer":`, s.Peer)
	o.text(`"host":`, s.Host)
	o.text(`"tag":`, s.Tag)
	o.number(`"pid":`, parse.Number{Value: s.PID, Said: s.PID != 0})
	o.number(`"fac":`, parse.Number{Value: s.Facility, Said: s.Facility != 0})
	o.number(`"sev":`, parse.Number{Value: s.Severity, Said: s.Severity != 0})
	o.flag(`"copy":`, s.Copy)
	o.close()
}

func (o *object) mark(m *alert.Mark) {
	o.open(`"mark":`)
	o.text(`"path":`, m.Path)
	o.unsigned(`"dev":`, m.Dev)
	o.unsigned(`"ino":`, m.Inode)
	o.integer(`"off":`, m.Offset)
	o.integer(`"skip":`, int64(m.Skip))
	o.unsigned(`"head":`, m.Head)
	o.integer(`"size":`, int64(m.HeadSize))
	o.unsigned(`"tail":`, m.Tail)
	o.integer(`"mod":`, m.Modified)
	o.integer(`"since":`, m.Since)
	o.close()
}

func (o *object) event(e *parse.Event) {
	o.open(`"ev":`)
	o.kind(`"kind":`, e.Kind.String())
	o.text(`"proxy":`, e.Proxy)
	o.text(`"server":`, e.Server)
	o.flag(`"backup":`, e.Backup)
	o.text(`"via":`, e.Via)
	o.text(`"cause":`, e.Cause)
	o.text(`"reason":`, e.Reason)
	o.number(`"code":`, e.Code)
	o.text(`"info":`, e.Info)
	o.number(`"check_duration_ms":`, e.CheckDurationMS)
	o.number(`"check_step":`, e.CheckStep)
	o.number(`"status_num":`, e.StatusNum)
	o.number(`"status_den":`, e.StatusDen)
	o.text(`"status_state":`, e.StatusState)
	o.flag(`"agent":`, e.Agent)
	o.flag(`"conditional":`, e.Conditional)
	o.number(`"active":`, e.Active)
	o.number(`"backup_left":`, e.BackupLeft)
	o.flag(`"running_on_backup":`, e.RunningOnBackup)
	o.number(`"sessions":`, e.Sessions)
	o.number(`"requeued":`, e.Requeued)
	o.number(`"queued":`, e.Queued)
	o.flag(`"truncated":`, e.Truncated)
	o.close()
}
