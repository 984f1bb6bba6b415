package parse

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

// A definition is a row of the table as it is written down.
type definition struct {
	name     string
	kind     Kind
	versions string
	source   string
	of       *subject
	// verbs are the words of which one follows the subject. They choose the row,
	// and a line cut behind them still says what the row says.
	verbs []string
	// pattern recognises all that follows the subject, verbs included.
	pattern string
	example string
}
