package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"
	"unicode/utf8"

	"haproxy-alert/alert/notify"
)

// foldAt is the length in octets that header lines keep where their words let
// them: the 76 that RFC 2047 section 2 demands of lines with encoded words, under
// the 78 of RFC 5322 section 2.1.1.
const foldAt = 76

// field is a header field. Its value is printable ASCII, unfolded; an empty one
// is not written.
type field struct{ name, value string }

// canonical rewrites the letter that jordan-wright/email rendered: our fields in
// our order, folded, then the MIME fields, then the body, its parts between our
// boundary. The library writes the fields in the random order of a map, without
// folds, takes a comma in a display name for the end of an address, and draws the
// boundary at random; any other field in raw is left out.
func canonical(raw []byte, fields []field, boundary string) ([]byte, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read rendered letter: %w", err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return nil, fmt.Errorf("read rendered letter: %w", err)
	}
	contentType := m.Header.Get("Content-Type")
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fmt.Errorf("read rendered letter: %w", err)
	}
	if drawn := params["boundary"]; drawn != "" {
		contentType = mime.FormatMediaType(kind, map[string]string{"boundary": boundary})
		body = bytes.ReplaceAll(body, []byte("--"+drawn), []byte("--"+boundary))
	}
	var b bytes.Buffer
	for _, f := range fields {
		fold(&b, f)
	}
	fold(&b, field{"MIME-Version", m.Header.Get("MIME-Version")})
	fold(&b, field{"Content-Type", contentType})
	fold(&b, field{"Content-Transfer-Encoding", m.Header.Get("Content-Transfer-Encoding")})
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes(), nil
}

// fold writes a field with CRLF, broken before blanks so that its lines keep to
// foldAt as far as its words let them. No line is left blank.
func fold(b *bytes.Buffer, f field) {
	if f.value == "" {
		return
	}
	b.WriteString(f.name + ":")
	used := len(f.name) + 1
	for i, word := range strings.Split(f.value, " ") {
		if i > 0 && word != "" && used+1+len(word) > foldAt {
			b.WriteString("\r\n")
			used = 0
		}
		b.WriteString(" " + word)
		used += 1 + len(word)
	}
	b.WriteString("\r\n")
}

// encoded returns s, one line of printable text, as the value of a header field:
// as it is when it is ASCII, else as encoded words (RFC 2047). ASCII that looks
// like an encoded word is encoded too, or a checked server could have a reader
// decode what it wrote.
func encoded(s string) string {
	if isASCII(s) && !strings.Contains(s, "=?") {
		return s
	}
	const octets = 30 // makes words of 52: with any name of ours under the limit of 76
	var words []string
	for s != "" {
		n := 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n+size > octets {
				break
			}
			n += size
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// mailbox returns an address with its display name as header value.
func mailbox(a mail.Address) (string, error) {
	address, err := plainAddress(a)
	name := notify.OneLine(a.Name, notify.MaxLine)
	switch word := encoded(name); {
	case err != nil:
		return "", err
	case name == "":
		return address, nil
	case word != name:
		return word + " <" + address + ">", nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + address + ">", nil
}
