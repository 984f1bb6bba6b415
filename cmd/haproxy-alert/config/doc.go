// Package config reads the configuration: TOML in, a checked Config out. It takes a file
// name and gives values or Faults, each with file, line, key and what is wanted there, all at
// once and without a secret. It opens nothing but the file and what the file names.
package config
