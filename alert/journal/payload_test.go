package journal

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// fields calls visit for every field of v and of the structs in it, by path.
func fields(v reflect.Value, path string, visit func(path string, field reflect.Value)) {
	for _, field := range reflect.VisibleFields(v.Type()) {
		f, name := v.FieldByIndex(field.Index), path+field.Name
		_, leaf := reflect.TypeAssert[encoding.TextUnmarshaler](f.Addr())
		if _, number := reflect.TypeAssert[parse.Number](f); !leaf && !number && f.Kind() == reflect.Struct {
			fields(f, name+".", visit)
			continue
		}
		visit(name, f)
	}
}

// fill sets a field to a value that is not its zero.
func fill(t *testing.T, path string, f reflect.Value) {
	switch v := f.Addr().Interface().(type) {
	case *time.Time:
		*v = start.Add(7)
	case *parse.Number:
		*v = parse.Number{Value: -12, Said: true}
	case *parse.Kind:
		*v = parse.StateDump
	case *alert.FactKind:
		*v = alert.Operator
	case *string:
		*v = "of " + path
	case *bool:
		*v = true
	case *int:
		*v = -1
	case *int64:
		*v = -1 << 62
	case *uint64:
		*v = 1<<64 - 1
	case *[]string:
		*v = []string{"a@b", "", "c@d"}
	case *[]alert.NoticeKind:
		*v = []alert.NoticeKind{alert.Problem, alert.Planned}
	case *[]time.Weekday:
		*v = []time.Weekday{time.Saturday, time.Sunday}
	case *time.Duration:
		*v = 90 * time.Minute
	case *alert.Pattern:
		read(t, v, `web_[12]|<"\\é.*`)
	case *alert.Level:
		read(t, v, "alert")
	case *alert.Zone:
		read(t, v, "Europe/Paris")
	default:
		t.Fatalf("encodeFact does not know fields like %s, a %s", path, f.Type())
	}
}

func read(t *testing.T, v encoding.TextUnmarshaler, text string) {
	t.Helper()
	if err := v.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// A field that alert.Fact or parse.Event has and encodeFact forgets would be lost
// at the next restart: fill each alone, then all together.
func TestEveryFieldIsWritten(t *testing.T) {
	check := func(path string, f alert.Fact) {
		t.Helper()
		payload, err := encodeFact(nil, &f, &common{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(payload)
		if err != nil || !cmp.Equal(got, f) {
			t.Errorf("%s: %v\n%s", path, err, cmp.Diff(f, got))
		}
		reflected, err := json.Marshal(f)
		if err != nil || string(reflected) != string(payload) {
			t.Errorf("%s: %v\n%s\nencoding/json writes\n%s", path, err, payload, reflected)
		}
	}
	var paths []string
	fields(reflect.ValueOf(&alert.Fact{}).Elem(), "", func(path string, _ reflect.Value) {
		if path != "Seq" { // stands in the record's header
			paths = append(paths, path)
		}
	})
	if len(paths) < 35 {
		t.Fatalf("only %d fields found", len(paths))
	}
	all := alert.Fact{}
	for _, wanted := range paths {
		one := alert.Fact{Kind: alert.Observed}
		if strings.HasPrefix(wanted, "Silence.") || strings.HasPrefix(wanted, "Miss.") || slices.Contains([]string{"Expire", "Quiet", "Heard"}, wanted) {
			one.Kind = alert.Operator // no other fact has them
		}
		for _, f := range []*alert.Fact{&one, &all} {
			fields(reflect.ValueOf(f).Elem(), "", func(path string, field reflect.Value) {
				// A zone is that of the hours, and goes without them.
				if path == wanted || strings.TrimSuffix(path, "From")+"Zone" == wanted {
					fill(t, path, field)
				}
			})
		}
		check(wanted, one)
	}
	check("all", all)
}

// A kind that could not be read back must not be written.
func TestUnknownKindsAreRefused(t *testing.T) {
	for _, f := range []alert.Fact{
		{},
		{Kind: 200},
		{Kind: alert.Observed, Event: parse.Event{Kind: 200}},
	} {
		if payload, err := encodeFact(nil, &f, &common{}); err == nil {
			t.Errorf("%s", payload)
		}
	}
}

// TestTimesOfABurst: what is remembered of the times before changes none.
func TestTimesOfABurst(t *testing.T) {
	zone := time.FixedZone("", 3600)
	var facts []alert.Fact
	for n := range 60 {
		at := start.Add(time.Duration(n%4) * time.Nanosecond)
		if n%3 == 0 {
			at = at.In(zone)
		}
		f := down(n)
		f.Time, f.At, f.Said = at, start.Add(time.Duration(n/7)*time.Second), time.Now()
		facts = append(facts, f)
	}
	b, err := newBatch(facts, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	rest := b.records
	for i, size := range b.sizes {
		want, err := encodeFact(nil, &facts[i], &common{})
		if err != nil {
			t.Fatal(err)
		}
		if got := rest[headerSize:size]; string(got) != string(want) {
			t.Errorf("fact %d:\n got %s\nwant %s", i, got, want)
		}
		rest = rest[size:]
	}
}
