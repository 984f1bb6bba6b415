#!/bin/sh
# Writes what journalctl makes of a run of the corpus: its unix datagrams through a
# real journald's /dev/log socket, its stderr through systemd-cat, then a few
# datagrams of udp_rfc5424 through /dev/log. Needs root, systemd and perl; the
# journald is one of its own, in a mount namespace.
#
#	capture.sh RUN OUT    (RUN: formats/haproxy-VERSION/NN-SCENARIO of the corpus, unpacked)
set -eu
if [ $# -eq 2 ]; then
	exec unshare -m "$0" "$1" "$2" inside
fi
run=$1 out=$2
for place in /run/systemd /run/log /var/log; do
	mkdir -p $place
	mount -t tmpfs tmpfs $place
done
mkdir -p /run/systemd/journal
/usr/lib/systemd/systemd-journald 2>/dev/null &
journald=$!
trap 'kill $journald' EXIT
sleep 2

# Each datagram is sent under HAProxy's name.
play() {
	perl -MMIME::Base64 -MIO::Socket::UNIX -e '
		$0 = "haproxy";
		my $log = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => "/run/systemd/journal/dev-log") or die $!;
		while (<STDIN>) { $log->send(decode_base64($1)) if /"bytes_base64":\s*"([^"]*)"/ }'
}
play <"$run/unix_dgram.jsonl"
perl -MMIME::Base64 -ne '$0 = "haproxy"; print decode_base64($1) if /"bytes_base64":\s*"([^"]*)"/' "$run/stderr.jsonl" |
	systemd-cat -t haproxy
head -n 20 "$run/udp_rfc5424.jsonl" | play
sleep 1
for form in short short-precise short-iso short-iso-precise short-monotonic short-unix export json json-pretty; do
	journalctl --no-pager --all -o $form _TRANSPORT=syslog + _TRANSPORT=stdout | gzip -9n >"$out/$form.gz"
done
