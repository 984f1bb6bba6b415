// Package message says in a notice what a group.Message tells: the notice itself, the data
// for its words, and its parts for channels whose peer keeps a state of its own.
//
// It reads records and conversations as they are at the flush, and changes nothing. The
// words of one kind of transition stand in one table, label.go; those of the troubles,
// which are about no server, in trouble.go.
//
// # Promises
//
//   - A notice tells of one moment, that of its flush, in the words of HAProxy where it
//     has some.
//   - What outside wrote (reasons, agents' texts) is bounded and cleaned by package
//     template, which renders the data.
package message
