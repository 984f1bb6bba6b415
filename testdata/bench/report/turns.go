package report

// Turns are the runs of programs that took turns, ours first.
type Turns struct {
	Names []string
	Runs  []Series // one of each name
}

// Add adds what the i-th took in one run.
func (t Turns) Add(i int, v float64) { t.Runs[i] = append(t.Runs[i], v) }

// Rows compare ours to each of the others.
func (t Turns) Rows(what string, unit Unit, goal Goal) []Row {
	var rows []Row
	for i := 1; i < len(t.Names); i++ {
		rows = append(rows, Row{
			What: what, Unit: unit, Ours: t.Runs[0], Peer: t.Names[i], Theirs: t.Runs[i], Goal: goal,
		})
	}
	return rows
}
