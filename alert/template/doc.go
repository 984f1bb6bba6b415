// Package template turns the data of a notice into its subject, its body and the same
// body in HTML.
//
// The default texts stand in the folder words; operators may give their own, over the
// fields of Data. They are text/template and html/template.
//
// # Promises
//
//   - A notice always goes out: a template that fails at that point says so in the body
//     and lends its place to the bare facts.
//   - A subject is one line of at most MaxSubject runes without control characters; text
//     has no control character but the end of a line.
//   - New tries each template with data that has something of everything, so a field that
//     does not exist is an error at start.
//   - Words are of the moment at which their data was made, whenever they are rendered.
package template
