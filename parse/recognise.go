package parse

import (
	"regexp"
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
