package parse

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// A recogniser is a regexp anchored at both ends, and what its groups fill.
type recogniser struct {
	re     *regexp.Regexp
	names  []string // of the groups
	fields []field  // by group; nil where the group has no name
}

// compileWhole makes the recogniser of complete lines.
func compileWhole(pattern string) *recogniser {
	re := regexp.MustCompile(`\A(?:` + pattern + `)\z`)
	return newRecogniser(re, re.SubexpNames())
}

func newRecogniser(re *regexp.Regexp, names []string) *recogniser {
	r := &recogniser{re: re, names: names, fields: make([]field, len(names))}
	for i, name := range names {
		r.fields[i] = fields[strings.TrimRight(name, "_")]
	}
	return r
}

// event reads text, if it has this form.
func (r *recogniser) event(text string, kind Kind) (Event, bool) {
	at := r.re.FindStringSubmatchIndex(text)
	if at == nil {
		return Event{}, false
	}
	e := Event{Kind: kind}
	for i, set := range r.fields {
		if set != nil && at[2*i] >= 0 {
			set(&e, text[at[2*i]:at[2*i+1]])
		}
	}
	return e, true
}

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

// compileCut makes, from the pattern of complete lines, the recogniser of all
// their beginnings, so that no shape is written down twice.
//
// Of two readings it prefers the one that puts the cut further to the front. So
// a group has matched only when text that cannot belong to it follows: the 12
// of "12" may be half of 120 and is not said, the 12 of "12 active" is.
func compileCut(pattern string) *recogniser {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(err) // the table's own pattern, compiled by its tests
	}
	tree = beginnings(tree)
	names := takeNames(tree)
	return newRecogniser(regexp.MustCompile(`\A(?:`+tree.String()+`)\z`), names)
}

// beginnings returns the expression of every beginning of what re matches, the
// empty one and the whole included.
func beginnings(re *syntax.Regexp) *syntax.Regexp {
	switch re.Op {
	case syntax.OpLiteral:
		return beginningsOfLiteral(re)
	case syntax.OpConcat:
		return beginningsOfConcat(re.Sub)
	case syntax.OpCapture, syntax.OpQuest:
		return beginnings(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus:
		again := &syntax.Regexp{Op: syntax.OpStar, Flags: re.Flags, Sub: re.Sub}
		return concat(again, beginnings(re.Sub[0]))
	case syntax.OpAlternate:
		all := &syntax.Regexp{Op: syntax.OpAlternate}
		for _, sub := range re.Sub {
			all.Sub = append(all.Sub, beginnings(sub))
		}
		return all
	default: // one rune or nothing
		return optional(re)
	}
}

// beginningsOfLiteral turns abc into (?:a(?:b(?:c)?)?)?.
func beginningsOfLiteral(re *syntax.Regexp) *syntax.Regexp {
	var tail *syntax.Regexp
	for _, c := range slices.Backward(re.Rune) {
		head := &syntax.Regexp{Op: syntax.OpLiteral, Flags: re.Flags, Rune: []rune{c}}
		if tail == nil {
			tail = optional(head)
		} else {
			tail = optional(concat(head, tail))
		}
	}
	return tail
}

// beginningsOfConcat turns xy into the beginnings of x or x followed by those
// of y.
func beginningsOfConcat(subs []*syntax.Regexp) *syntax.Regexp {
	last := len(subs) - 1
	all := beginnings(subs[last])
	for _, sub := range slices.Backward(subs[:last]) {
		all = &syntax.Regexp{
			Op:  syntax.OpAlternate,
			Sub: []*syntax.Regexp{beginnings(sub), concat(sub, all)},
		}
	}
	return all
}

func concat(a, b *syntax.Regexp) *syntax.Regexp {
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: []*syntax.Regexp{a, b}}
}

func optional(re *syntax.Regexp) *syntax.Regexp {
	return &syntax.Regexp{Op: syntax.OpQuest, Sub: []*syntax.Regexp{re}}
}

// takeNames removes the groups' names, which beginnings repeats and a regexp
// may not, and returns them in the order of the groups.
func takeNames(tree *syntax.Regexp) []string {
	names := []string{""}
	walk(tree, func(group *syntax.Regexp) { names = append(names, group.Name) })
	walk(tree, func(group *syntax.Regexp) { group.Name = "" })
	return names
}

// walk calls visit for each group, from left to right.
func walk(re *syntax.Regexp, visit func(group *syntax.Regexp)) {
	if re.Op == syntax.OpCapture {
		visit(re)
	}
	for _, sub := range re.Sub {
		walk(sub, visit)
	}
}
