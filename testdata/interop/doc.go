// Package interop holds the tests that start the daemon beside real peers: haproxy,
// rsyslog, Postfix, Exim, Alertmanager and logrotate, as testdata/peers installs them. Some
// kill the daemon on the way and judge what it told.
//
// They take the program as it is built, by its commands and sockets only, and none of its
// packages. As the folder is below testdata, ./... leaves them out: `make test` names it.
package interop
