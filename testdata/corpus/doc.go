// Package corpus holds what real HAProxy processes wrote, from 1.4.6 to 3.2.0,
// captured on loopback while servers failed, operators acted and processes
// reloaded. Nothing in it was written by hand. Only tests import it.
//
//	haproxy-VERSION/NN-SCENARIO.log    what a UDP target in format rfc3164 received
//	haproxy-VERSION/actions.jsonl      the truth: what was done to the servers, and when
//	haproxy-VERSION/haproxy.cfg        the configuration
//	formats/haproxy-VERSION/NN-SCENARIO/TARGET.jsonl
//	                                   datagrams and stream chunks byte for byte, for each
//	                                   log format and transport: t, target, bytes_base64
//	rsyslog/haproxy-VERSION/SOURCE.FORMAT.log
//	                                   the same run as rsyslog writes it
//	mails/                             the mails of native mailers and of mailers.lua
//	datagrams.jsonl                    a second, independent capture of nine versions
//	grammar.tsv                        regexps for the message bodies, independent of ours
//	shapes.tsv reasons.tsv infos.tsv   every distinct shape, reason and info
//	README.md                          what surprised us in them
//
// The archives are read-only facts; docs of how they came to be are in README.md.
package corpus
