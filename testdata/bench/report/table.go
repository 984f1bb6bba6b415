package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteTable writes the rows as one Markdown table whose columns also stand in line on a
// terminal.
func WriteTable(w io.Writer, rows []Row) error {
	lines := make([][]string, 0, len(rows)+2)
	lines = append(lines, header, make([]string, len(header)))
	for _, r := range rows {
		lines = append(lines, r.cells())
	}
	return writeLines(w, lines)
}

// writeLines pads the cells; the second line is the rule below the header.
func writeLines(w io.Writer, lines [][]string) error {
	widths := make([]int, len(lines[0]))
	for _, cells := range lines {
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
			widths[i] = max(widths[i], utf8.RuneCountInString(cells[i]))
		}
	}
	for i, width := range widths {
		lines[1][i] = strings.Repeat("-", width)
	}
	for _, cells := range lines {
		var b strings.Builder
		for i, c := range cells {
			b.WriteString("| " + c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)) + " ")
		}
		if _, err := fmt.Fprintln(w, b.String()+"|"); err != nil {
			return err
		}
	}
	return nil
}
