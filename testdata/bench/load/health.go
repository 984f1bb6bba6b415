package load

import (
	"fmt"
	"time"
)

// The end of a stream is a health line about a proxy that no other line is about.
const (
	Ending = "be_bench_end"
	End    = "Server " + Ending + "/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. " +
		"0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
)

// Down says that the n-th of so many servers of a proxy has failed.
func Down(proxy string, n, of int) string {
	return fmt.Sprintf("Server %s/s%d is DOWN, reason: Layer4 timeout, check duration: 2001ms. "+
		"%d active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.", proxy, n, of-1)
}

// Up says that the n-th of so many servers of a proxy is back.
func Up(proxy string, n, of int) string {
	return fmt.Sprintf("Server %s/s%d is UP, reason: Layer4 check passed, check duration: 1ms. "+
		"%d active and 0 backup servers online. 0 sessions requeued, 0 total in queue.", proxy, n, of)
}

// Line is a text as HAProxy logs it now (RFC 3164).
func Line(text string) string {
	return "<129>" + time.Now().Format(time.Stamp) + " haproxy[4242]: " + text
}

// Frames are octet-counted lines of now (RFC 6587).
func Frames(texts ...string) []byte {
	var b []byte
	for _, text := range texts {
		b = counted(b, []byte(Line(text)))
	}
	return b
}
