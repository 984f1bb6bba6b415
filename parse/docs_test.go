package parse

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// messagesPage is generated from the table, so that it cannot tell otherwise.
const messagesPage = "../docs/messages.md"

func TestMessagesPage(t *testing.T) {
	want := page()
	if *update {
		if err := os.WriteFile(messagesPage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(messagesPage)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the table says; run go test ./parse -update", messagesPage)
	}
}

func page() []byte {
	var b bytes.Buffer
	b.WriteString(`# The health lines of HAProxy

Every line HAProxy 1.4 to 3.5 logs about the state of a server, a proxy or itself, as ` + "`haproxy-alert`" + ` recognises it.
This page is generated from the table in ` + "`parse`" + ` by ` + "`go test ./parse -update`" + `; change it there.

Rows of kind ` + "`none`" + ` are known and no event. Versions are those of the wording: "1.5→" means 1.5 and later. A line cut at HAProxy's
length limit is the event its beginning says once one of the row's verbs is there, unless another row may begin so too.

| row | kind | versions | example |
|---|---|---|---|
`)
	for _, s := range Shapes() {
		fmt.Fprintf(&b, "| [%s](#%s) | `%v` | %s | %s |\n", s.Row, strings.ToLower(s.Row), s.Kind, s.Versions, cell(s.Example))
	}
	for _, s := range Shapes() {
		fmt.Fprintf(&b, "\n## %s\n\n`%v`, HAProxy %s. Written by %s.\n\n```\n%s\n```\n\n```\n%s\n```\n",
			s.Row, s.Kind, s.Versions, s.Source, s.Example, s.Pattern)
	}
	return b.Bytes()
}

// cell quotes an example for a table.
func cell(example string) string {
	return "`" + strings.ReplaceAll(example, "|", `\|`) + "`"
}
