package journal

import (
	"testing"
	"time"
)

// FuzzTime: a time is written as encoding/json would, whatever was written before it.
func FuzzTime(f *testing.F) {
	day := int64(24 * 60 * 60)
	f.Add(int64(0), int64(0), 0, int64(0), int64(1), 0)
	f.Add(start.Unix(), int64(123_000_000), 3600, start.Unix()+day, int64(999_999_999), 3600)
	f.Add(day-1, int64(5), -3600, day, int64(50), 3600)
	f.Add(-day, int64(0), 0, int64(-1), int64(100_000_000), 0)
	f.Add(int64(7), int64(0), 19*60+32, int64(8), int64(0), 19*60+59) // zones with seconds
	f.Add(int64(-62135596801), int64(0), 0, int64(253402300800), int64(0), int(-day))
	f.Fuzz(func(t *testing.T, second1, nano1 int64, zone1 int, second2, nano2 int64, zone2 int) {
		times := []time.Time{
			time.Unix(second1, nano1).In(time.FixedZone("", zone1)), time.Unix(second2, nano2).In(time.FixedZone("", zone2)),
			time.Unix(second2, nano1).In(time.FixedZone("", zone1)), time.Unix(second1, nano2).UTC(),
		}
		o := object{common: &common{}}
		for _, at := range append(times, times...) {
			o.err = nil
			got := o.time(nil, "", at)
			want, err := at.AppendText([]byte{'"'})
			if (err != nil) != (o.err != nil) {
				t.Fatalf("%v: %v, want %v", at, o.err, err)
			}
			if err == nil && string(got) != string(want)+`"` {
				t.Fatalf("%v:\n got %s\nwant %s", at, got, want)
			}
		}
	})
}
