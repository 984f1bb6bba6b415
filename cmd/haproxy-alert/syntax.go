package main

import (
	"errors"
	"strings"

	"github.com/BurntSushi/toml"
)

// syntaxWants says what is wanted where a file is no TOML, by what the toml package says
// of it. What stands there instead it does not repeat: it may be half of a password.
var syntaxWants = []struct{ said, want string }{
	{"expected value but found", "want a value: a text in quotes, a number, true, false, or a list in brackets"},
	{"expected a top-level item to end", `want the end of the line behind the value: a text, such as "2s", stands in quotes`},
	{"cannot have leading zeroes", `want no 0 before a number: a text, such as "0660", stands in quotes`},
	{"is out of range", "want a number that is not so large"},
	{"is out of the safe", "want a number that is not so large"},
	{"Invalid integer", "want a number, or a text in quotes"},
	{"nvalid float", "want a number, or a text in quotes"},
	{"must start with a digit", "want a number, or a text in quotes"},
	{"expected a digit", "want a number, or a text in quotes"},
	{"a binary number", "want a number, or a text in quotes"},
	{"octal number", "want a number, or a text in quotes"},
	{"hexadecimal number", "want a number, or a text in quotes"},
	{"sign with non-decimal", "want a number, or a text in quotes"},
	{"invalid datetime", "want a time that there is, such as 2026-11-21T07:38:00Z"},
	{"strings cannot contain newlines", "want the quote that ends the text, on this line"},
	{`EOF; expected '"`, "want the quote that ends the text"},
	{`EOF; expected "'`, "want the quote that ends the text"},
	{"table name", "want the name of a table in brackets: [incidents], or [[mailer]] where there may be several"},
	{"table array name", "want the name of a table in brackets: [incidents], or [[mailer]] where there may be several"},
	{"expected '.' or '='", "want key = value"},
	{"key separator", "want key = value"},
	{"key name appears blank", "want a key before the ="},
	{"unexpected '='", "want key = value"},
	{"unexpected '.'", "want key = value"},
	{"EOF; expected value", "want a value behind the ="},
	{"array terminator", "want a comma between the values of a list, and ] behind the last"},
	{"inline table terminator", "want a comma between the keys, and } behind the last"},
	{"unexpected comma", "want a value before the comma"},
	{"has already been defined", "want it once: it stands further up already"},
	{"was already created", "want it once: it stands further up already, in another form"},
	{"is not a table", "want it once: it stands further up already, in another form"},
	{"hexadecimal digits after", `want each backslash twice, or single quotes around the text`},
	{"nvalid escape", `want each backslash twice, or single quotes around the text`},
	{"control characters", "want no control characters, not even in a comment"},
}

// syntaxFault tells where a file is no TOML, and what is wanted there.
func syntaxFault(err error, name string, ps places) Fault {
	f := Fault{File: name, Cause: "want TOML: " + err.Error()}
	pe, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		return f
	}
	f.Line, f.Key, f.Cause = pe.Position.Line, ps.at(pe.Position.Line), "want TOML: "+pe.Message
	for _, w := range syntaxWants {
		if strings.Contains(pe.Message, w.said) {
			f.Cause = w.want
			break
		}
	}
	return f
}
