package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hash is what ids are made of: they are hashes of what they name, never counters. Two
// nodes that fold the same facts, and one node before and after a crash, must agree on
// them. So a part that is a number goes in as a plain number: a String method on its type
// would change every id.
func Hash(parts ...any) [sha256.Size]byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%v\x00", p)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// ID is the id of what the parts name: 16 hex digits.
func ID(parts ...any) string {
	sum := Hash(parts...)
	return hex.EncodeToString(sum[:8])
}
