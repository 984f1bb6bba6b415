package parse

import (
	"strconv"
	"strings"
)

// A field stores what a named group matched.
type field func(e *Event, said string)

// fields gives each group name of the fragments its field.
var fields = map[string]field{
	"backup":            func(e *Event, _ string) { e.Backup = true },
	"proxy":             func(e *Event, said string) { e.Proxy = said },
	"server":            func(e *Event, said string) { e.Server = said },
	"via":               func(e *Event, said string) { e.Via = said },
	"cause":             func(e *Event, said string) { e.Cause = strings.TrimSpace(said) },
	"reason":            func(e *Event, said string) { e.Reason = strings.TrimSpace(said) },
	"code":              func(e *Event, said string) { e.Code = number(said) },
	"info":              func(e *Event, said string) { e.Info = decodeInfo(said); e.CheckStep = checkStep(said) },
	"duration":          func(e *Event, said string) { e.CheckDurationMS = number(said) },
	"num":               func(e *Event, said string) { e.StatusNum = number(said) },
	"den":               func(e *Event, said string) { e.StatusDen = number(said) },
	"state":             func(e *Event, said string) { e.StatusState = said },
	"agent":             func(e *Event, _ string) { e.Agent = true },
	"conditional":       func(e *Event, _ string) { e.Conditional = true },
	"active":            func(e *Event, said string) { e.Active = number(said) },
	"backup_left":       func(e *Event, said string) { e.BackupLeft = number(said) },
	"running_on_backup": func(e *Event, _ string) { e.RunningOnBackup = true },
	"sessions":          func(e *Event, said string) { e.Sessions = number(said) },
	"requeued":          func(e *Event, said string) { e.Requeued = number(said) },
	"queued":            func(e *Event, said string) { e.Queued = number(said) },
	"count":             func(e *Event, said string) { e.Count = number(said) },
}

// number reads a decimal; one that no int holds was never HAProxy's and counts
// as not said.
func number(said string) Number {
	v, err := strconv.Atoi(said)
	if err != nil {
		return Number{}
	}
	return Number{Value: v, Said: true}
}
