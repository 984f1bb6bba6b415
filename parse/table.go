package parse

import (
	"slices"
	"sync"
)

// lines is the one table. A new wording is a row in one of the lists below and
// a specimen in testdata/lines.
var lines = newTable(slices.Concat(serverShapes, maintenanceShapes, drainShapes, addressShapes,
	checkShapes, proxyShapes, limitShapes, dumpShapes))

// A table finds the rows a line may belong to without a regexp, by the words
// that stand still in it.
type table struct {
	rows []*row
	// openings are the fixed beginnings by their first byte, the longest first.
	openings [256][]*opening
	// named are the rows of lines that begin with a name, by the first letter
	// behind the blank that follows the name.
	named [256][]*row
}

// An opening is a fixed beginning and the rows that have it.
type opening struct {
	words string
	// bare says that no name follows: the verbs begin the line.
	bare bool
	rows []*row
}

// A row is a definition and its recognisers, which are compiled when first
// needed.
type row struct {
	definition
	whole, cut func() *recogniser
}

func newTable(definitions []definition) *table {
	t := &table{}
	for _, d := range definitions {
		pattern := d.of.pattern + d.pattern
		r := &row{
			definition: d,
			whole:      sync.OnceValue(func() *recogniser { return compileWhole(pattern) }),
			cut:        sync.OnceValue(func() *recogniser { return compileCut(pattern) }),
		}
		t.rows = append(t.rows, r)
		t.index(r)
	}
	for _, list := range t.openings {
		slices.SortFunc(list, func(a, b *opening) int { return len(b.words) - len(a.words) })
	}
	return t
}

// index enters a row under its openings or, if it begins with a name, its verbs.
func (t *table) index(r *row) {
	switch {
	case r.of == process:
		for _, verb := range r.verbs {
			t.open(verb, true, r)
		}
	case len(r.of.opens) > 0:
		for _, words := range r.of.opens {
			t.open(words, false, r)
		}
	default:
		for _, verb := range r.verbs {
			if at := &t.named[verb[1]]; !slices.Contains(*at, r) {
				*at = append(*at, r)
			}
		}
	}
}

func (t *table) open(words string, bare bool, r *row) {
	at := &t.openings[words[0]]
	for _, o := range *at {
		if o.words == words {
			o.rows = append(o.rows, r)
			return
		}
	}
	*at = append(*at, &opening{words: words, bare: bare, rows: []*row{r}})
}

// find returns the rows that text may belong to by its fixed words, and where
// in it their subject ends. It does not allocate.
func find[T string | []byte](t *table, text T) (rows []*row, end int) {
	if len(text) == 0 {
		return nil, 0
	}
	for _, o := range t.openings[text[0]] {
		switch {
		case !begins(text, o.words):
		case o.bare:
			return o.rows, 0
		default:
			return o.rows, nameEnd(text, len(o.words))
		}
	}
	end = nameEnd(text, 0)
	if end+1 >= len(text) {
		return nil, 0
	}
	rows = t.named[text[end+1]]
	for _, r := range rows {
		for _, verb := range r.verbs {
			if begins(text[end:], verb) {
				return rows, end
			}
		}
	}
	return nil, 0
}

// nameEnd returns where the name at text[at:] ends.
func nameEnd[T string | []byte](text T, at int) int {
	for at < len(text) && inName[text[at]] {
		at++
	}
	return at
}

func begins[T string | []byte](text T, words string) bool {
	return len(text) >= len(words) && string(text[:len(words)]) == words
}

// inName are the bytes of names, of the slash between them, and of what stands
// around them: <HTTPCLIENT>, 'be'.
var inName = func() (set [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-/<>'") {
		set[c] = true
	}
	return set
}()

// Shape is one sentence HAProxy writes, as docs/messages.md lists it.
type Shape struct {
	Row      string // its name, such as "S1"; a letter tells variants apart
	Kind     Kind   // what it reports; None is known to report no state
	Versions string // the HAProxy versions that write it
	Source   string // the HAProxy functions that write it, with their files
	Pattern  string // the regexp that recognises the whole line
	Example  string // a real line
}

// Shapes lists every line shape, in the order of docs/messages.md.
func Shapes() []Shape {
	list := make([]Shape, 0, len(lines.rows))
	for _, r := range lines.rows {
		list = append(list, Shape{
			Row: r.name, Kind: r.kind, Versions: r.versions, Source: r.source,
			Pattern: r.whole().re.String(), Example: r.example,
		})
	}
	return list
}
