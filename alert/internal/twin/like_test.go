package twin_test

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// like returns a value as the type of the same name and layout in the other package.
func like[To, From any](v From) To {
	mustMatch(reflect.TypeFor[To](), reflect.TypeFor[From]())
	return *(*To)(unsafe.Pointer(&v))
}

// fields returns a struct with the fields that both types have; what only the other one
// has stays zero.
func fields[To, From any](v From) To {
	var to To
	dst, src := reflect.ValueOf(&to).Elem(), reflect.ValueOf(&v).Elem()
	for k := range src.NumField() {
		from := src.Field(k)
		field := dst.FieldByName(src.Type().Field(k).Name)
		mustMatch(field.Type(), from.Type())
		field.Set(reflect.NewAt(field.Type(), unsafe.Pointer(from.UnsafeAddr())).Elem())
	}
	return to
}

type pair [2]reflect.Type

var matched sync.Map // pairs of types that were found alike

func mustMatch(a, b reflect.Type) {
	if _, known := matched.LoadOrStore(pair{a, b}, true); known || a == b {
		return
	}
	if a.Kind() != b.Kind() || a.Name() != b.Name() || a.Size() != b.Size() {
		panic(fmt.Sprintf("%v is not like %v", a, b))
	}
	switch a.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Array:
		mustMatch(a.Elem(), b.Elem())
	case reflect.Map:
		mustMatch(a.Key(), b.Key())
		mustMatch(a.Elem(), b.Elem())
	case reflect.Struct:
		for k := range a.NumField() {
			if a.Field(k).Name != b.Field(k).Name || a.Field(k).Offset != b.Field(k).Offset {
				panic(fmt.Sprintf("%v is not like %v: field %s", a, b, a.Field(k).Name))
			}
			mustMatch(a.Field(k).Type, b.Field(k).Type)
		}
	default:
	}
}
