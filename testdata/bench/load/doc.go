// Package load makes the load of a benchmark and takes what comes of it: datagrams at a
// rate or as fast as they go, octet-counted streams, and a mail server that tells when
// each mail's DATA came.
package load
