// Package load makes the load of a benchmark and takes what comes of it: datagrams at a
// rate or as fast as they go, octet-counted streams, logs in files, the journal that a
// farm's history leaves, and a mail server that tells when each mail's DATA came.
package load
