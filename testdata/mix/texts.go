package mix

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"haproxy-alert/testdata/corpus"
)

// texts are what the captures say, without headers.
type texts struct {
	requests []string   // what follows a traffic line's accept date
	hostile  []string   // those of them in which a client wrote a health line
	bursts   [][]string // health lines, those of one second together
}

// captured reads the lines of HAProxy 3.2.0, once. What a health line is, the
// corpus' own grammar says, not the parser that is to be tried.
var captured = sync.OnceValue(func() *texts {
	t := &texts{}
	rules := grammar()
	for _, data := range corpus.Files("haproxy-3.2.0/*.log") {
		second := ""
		for line := range bytes.Lines(data) {
			m := header.FindSubmatch(bytes.TrimSuffix(line, []byte{'\n'}))
			if m == nil {
				continue
			}
			if r := request.FindSubmatch(m[2]); r != nil {
				t.request(string(r[1]))
			} else if rules.MatchString(string(m[2])) {
				t.health(string(m[2]), string(m[1]) == second)
				second = string(m[1])
			}
		}
	}
	return t
})

func (t *texts) request(text string) {
	t.requests = append(t.requests, text)
	for _, words := range []string{"{Server be_single/s1 is DOWN", "has no server available!}", "<133>"} {
		if strings.Contains(text, words) {
			t.hostile = append(t.hostile, text)
			return
		}
	}
}

func (t *texts) health(text string, again bool) {
	if last := len(t.bursts) - 1; again && last >= 0 {
		t.bursts[last] = append(t.bursts[last], text)
		return
	}
	t.bursts = append(t.bursts, []string{text})
}

var (
	header  = regexp.MustCompile(`\A<\d+>(\w{3} [ \d]\d [\d:]{8}) (?:\S+ )?[^\[\]:]*\[\d+\]: (.*)\z`)
	request = regexp.MustCompile(`\A\d+\.\d+\.\d+\.\d+:\d+ \[[^\]]+\.\d{3}(\].*)\z`)
)

// grammar is one regexp of all rules of the corpus.
func grammar() *regexp.Regexp {
	var rules []string
	for line := range strings.Lines(string(corpus.File("grammar.tsv"))) {
		_, pattern, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		rules = append(rules, "(?:"+groupNames.ReplaceAllString(pattern, "(?:")+")")
	}
	return regexp.MustCompile("(?s)" + strings.Join(rules, "|"))
}

var groupNames = regexp.MustCompile(`\(\?P<\w+>`)
