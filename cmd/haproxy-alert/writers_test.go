package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"testing"
)

// writers are the packages, or files, that alone change the fields of a type. Their types
// are exported to be read: the Record of what happened, the Conversation of what was said.
var writers = map[string][]string{
	"alert/incident.Record":    {"alert/incident", "alert/engine/snapshot_v3.go"}, // which reads what the version before wrote
	"alert/group.Conversation": {"alert/group"},
}

func TestOnlyOnePackageWrites(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		for _, w := range s.writes() {
			owners := writers[w.to]
			seen[w.to] = true
			if len(owners) > 0 && !slices.Contains(owners, s.path) && !slices.Contains(owners, path.Join(s.path, s.file(w.at))) {
				t.Errorf("%v: a field of %s is changed outside of %s", s.fset.Position(w.at), w.to, owners[0])
			}
		}
	}
	for name := range writers {
		if !seen[name] {
			t.Errorf("nobody writes a %s: is it called something else now?", name)
		}
	}
}

// write is a change of a field, or of what hangs on one.
type write struct {
	to string // the type that has the field
	at token.Pos
}

func (s *source) writes() []write {
	var all []write
	change := func(e ast.Expr) {
		for e != nil {
			switch x := e.(type) {
			case *ast.SelectorExpr:
				if in := s.info.Selections[x]; in != nil {
					all = append(all, write{s.typeName(in.Recv()), x.Pos()})
				}
				e = x.X
			case *ast.IndexExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			default:
				e = nil
			}
		}
	}
	for _, f := range s.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, e := range n.Lhs {
					change(e)
				}
			case *ast.IncDecStmt:
				change(n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND { // whoever has the address may write
					change(n.X)
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") {
					change(n.Args[0])
				}
			}
			return true
		})
	}
	return all
}

func (s *source) typeName(of types.Type) string {
	if p, ok := of.Underlying().(*types.Pointer); ok {
		of = p.Elem()
	}
	return strings.TrimPrefix(of.String(), module)
}
