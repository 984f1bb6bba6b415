package dedup

// Sum is a running FNV-1a hash of 64 bits, for what is only held against its like: the
// lines of one server, the ways they came. It is no id, and no proof against somebody
// who forges one; who could send forged lines needs none.
type Sum uint64

func newSum(text string) Sum { return Sum(14695981039346656037).add(text) }

func (h Sum) add(text string) Sum {
	for k := range len(text) {
		h = (h ^ Sum(text[k])) * 1099511628211
	}
	return h
}

// end keeps two texts apart.
func (h Sum) end() Sum { return h.add("\x00") }

func (h Sum) number(n int) Sum {
	for range 4 {
		h = (h ^ Sum(n&0xff)) * 1099511628211
		n >>= 8
	}
	return h.end()
}
