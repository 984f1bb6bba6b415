// Package mix writes logs of any size out of the captured lines of testdata/corpus:
// much traffic, hostile requests that hold whole health lines among it, and now and
// then a burst of health lines in the order HAProxy wrote them. The same Load
// writes the same bytes on every machine. Only tests and benchmarks import it.
package mix
