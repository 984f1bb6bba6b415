// Package recognise makes the fact of a health line, with the time it is given.
package recognise
