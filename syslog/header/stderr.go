package header

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
)

// readLabel reads the beginning of a line HAProxy printed on stderr
// (src/errors.c, ha_alert and ha_warning), which may stand in any header:
//
//	[WARNING]  (28133) : text           2.4 and later, padded to ten columns
//	[WARNING] 324/073802 (28133) : text up to 2.3, day of the year from 0
//
// A process of 2.6.12 was seen to put "CLI : " before all its texts: a message
// context (usermsgs_clr) that outlived the command it was for.
func (h *Header) readLabel(b []byte) {
	if h.Body >= len(b) || b[h.Body] != '[' {
		return
	}
	end := bytes.IndexByte(b[h.Body:min(len(b), h.Body+len("[WARNING]"))], ']')
	if end < 0 {
		return
	}
	label := levelWord(b[h.Body+1 : h.Body+end])
	if label == "" {
		return
	}
	at := scan.SkipBlanks(b, h.Body+end+1)
	var day scan.Span
	if n := len(scan.NextWord(b, at)); n == len("324/073802") && b[at+3] == '/' {
		day = scan.Span{From: at, To: at + n}
		at = scan.SkipBlanks(b, at+n)
	}
	n := labelPID(b[at:])
	if n == 0 {
		return
	}
	h.Label, h.LabelDay, h.LabelPID = label, day, scan.Span{From: at + 1, To: at + n - len(") : ")}
	h.Body = at + n
	if bytes.HasPrefix(b[h.Body:], []byte(labelCLI)) {
		h.Body += len(labelCLI)
	}
	if h.Format == Raw {
		h.Format = Stderr
	}
}

// labelCLI is the message context of the CLI.
const labelCLI = "CLI : "

// labelPID returns the length of "(28133) : ", 0 when it is not there.
func labelPID(b []byte) int {
	if len(b) == 0 || b[0] != '(' {
		return 0
	}
	n := 1
	for n < len(b) && scan.IsDigit(b[n]) {
		n++
	}
	if n == 1 || !bytes.HasPrefix(b[n:], []byte(") : ")) {
		return 0
	}
	return n + len(") : ")
}

// levelWord returns the label's word as a constant, "" when it is none.
func levelWord(b []byte) string {
	for _, word := range [...]string{"WARNING", "ALERT", "NOTICE", "DIAG"} {
		if string(b) == word {
			return word
		}
	}
	return ""
}

// LabelSeverity is the severity HAProxy gives its label (src/errors.c).
func LabelSeverity(label string) int {
	switch label {
	case "ALERT":
		return 1
	case "WARNING":
		return 4
	case "NOTICE":
		return 5
	}
	return 7
}
