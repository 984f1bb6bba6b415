package peer

import "strings"

// beginnings are those of health lines, as the rules of a syslog daemon know them. They
// are all but those of addresses that changed, which begin with the server's name.
var beginnings = []string{"Server ", "Backup ", "Health check for ", "Agent check for ", "backend ", "proxy ", "Proxy "}

// begins is the rule: only what begins so. A rule that looks for words anywhere would
// also keep what clients write into their requests.
func begins(text string) bool {
	for _, b := range beginnings {
		if strings.HasPrefix(text, b) {
			return true
		}
	}
	return false
}

func everything(string) bool { return true }
