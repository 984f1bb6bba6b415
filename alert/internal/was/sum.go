package was

// sum is a running FNV-1a hash of 64 bits, for what is only held against its like: the
// lines of one server, the ways they came. It is no id, and no proof against somebody
// who forges one; who could send forged lines needs none.
type sum uint64

func newSum(text string) sum { return sum(14695981039346656037).add(text) }

func (h sum) add(text string) sum {
	for k := range len(text) {
		h = (h ^ sum(text[k])) * 1099511628211
	}
	return h
}

// end keeps two texts apart.
func (h sum) end() sum { return h.add("\x00") }

func (h sum) number(n int) sum {
	for range 4 {
		h = (h ^ sum(n&0xff)) * 1099511628211
		n >>= 8
	}
	return h.end()
}
