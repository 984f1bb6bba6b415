package parse

import (
	"regexp"
	"regexp/syntax"
	"slices"
)

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
