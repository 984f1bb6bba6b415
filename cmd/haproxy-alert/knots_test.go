package main

import (
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The budget of a package: how many of its files may hang together in one knot, each naming
// things of others in a circle so that none can be read first, and how many files it may have.
const (
	knotLimit = 8
	fileLimit = 15
)

// beyond are the packages that are over the budget, and by how much; no line is ever added.
var beyond = map[string]struct{ knot, files int }{
	"alert/internal/was": {59, 66},
}

func TestBudgetOfPackages(t *testing.T) {
	for _, s := range sources(t) {
		knot, limit := s.knot(), max(knotLimit, beyond[s.path].knot)
		t.Logf("%s: %d files, %d in the largest knot", s.path, len(s.goFiles), len(knot))
		if len(knot) > limit {
			t.Errorf("%s: %d files in one knot, want %d at the most: %s", s.path, len(knot), limit, strings.Join(knot, " "))
		}
		if limit := max(fileLimit, beyond[s.path].files); len(s.goFiles) > limit {
			t.Errorf("%s: %d files, want %d at the most", s.path, len(s.goFiles), limit)
		}
		if _, is := beyond[s.path]; is && len(knot) <= knotLimit && len(s.goFiles) <= fileLimit {
			t.Errorf("%s is within the budget: take it off the list", s.path)
		}
	}
}

// knot returns the files of the largest knot.
func (s *source) knot() []string {
	names := map[string]map[string]bool{} // by file: the files whose things it names
	for id, o := range s.info.Uses {
		v, _ := o.(*types.Var)
		if o.Pkg() != s.pkg || !o.Pos().IsValid() || v != nil && (v.IsField() || v.Parent() != s.pkg.Scope()) {
			continue
		}
		from, to := s.file(id.Pos()), s.file(o.Pos())
		if names[from] == nil {
			names[from] = map[string]bool{}
		}
		names[from][to] = true
	}
	for range names { // until whoever can be reached is named
		for _, of := range names {
			for via := range of {
				for to := range names[via] {
					of[to] = true
				}
			}
		}
	}
	var largest []string
	for a, of := range names {
		knot := []string{a}
		for b := range of {
			if b != a && names[b][a] {
				knot = append(knot, b)
			}
		}
		if len(knot) > max(1, len(largest)) {
			largest = knot
		}
	}
	slices.Sort(largest)
	return largest
}

func (s *source) file(at token.Pos) string { return filepath.Base(s.fset.Position(at).Filename) }
