// Package was is the alert core as it stood before it was taken apart, line for line. Only
// tests import it: TestTwin feeds it and the core the same facts and compares all they say.
// It goes when nothing is left to compare.
package was
