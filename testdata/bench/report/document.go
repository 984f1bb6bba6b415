package report

import (
	"bytes"
	"fmt"
	"io"
)

// A Section is what one part of the benchmark measured, and its words.
type Section struct {
	Title string
	Rows  []Row
	// How it was measured, and what limits it: paragraphs.
	How, Limit string
	// Busy is how busy the machine was before it began.
	Busy string
	// Detail are further figures, by a heading of their own.
	Detail []Detail
	// Failed is why it could not be measured to its end.
	Failed string
}

// A Detail is a table beside the one table.
type Detail struct {
	Title string
	Cells [][]string // the first line is the header
}

// A Document is the report of one run.
type Document struct {
	Title, Intro string
	Machine      []string
	Sections     []Section
	Outro        string
}

// Rows are those of all sections.
func (d Document) Rows() []Row {
	var rows []Row
	for _, s := range d.Sections {
		rows = append(rows, s.Rows...)
	}
	return rows
}

// Write writes the document as Markdown.
func (d Document) Write(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", d.Title, d.Intro)
	if err := WriteTable(&b, d.Rows()); err != nil {
		return err
	}
	fmt.Fprintf(&b, "\n## The machine\n\n")
	for _, words := range d.Machine {
		fmt.Fprintf(&b, "- %s\n", words)
	}
	for _, s := range d.Sections {
		if err := s.write(&b); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\n%s\n", d.Outro)
	_, err := w.Write(b.Bytes())
	return err
}

func (s Section) write(b *bytes.Buffer) error {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", s.Title, s.How)
	if s.Failed != "" {
		fmt.Fprintf(b, "**Not measured to the end:** %s.\n\n", s.Failed)
	}
	for _, d := range s.Detail {
		fmt.Fprintf(b, "%s:\n\n", d.Title)
		lines := append([][]string{d.Cells[0], make([]string, len(d.Cells[0]))}, d.Cells[1:]...)
		if err := writeLines(b, lines); err != nil {
			return err
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "%s\n\nHow busy the machine was before: %s.\n", s.Limit, s.Busy)
	return nil
}
