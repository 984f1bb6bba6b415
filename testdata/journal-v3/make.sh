#!/bin/bash
# Makes journal.tar.gz and told.txt: make.sh BINARY, a haproxy-alert whose checkpoints have
# version 3. Works in /tmp/journal-v3, for the followed file's path is in the journal.
set -eu
binary=$1
here=$(cd "$(dirname "$0")" && pwd)
dir=/tmp/journal-v3
rm -rf $dir
mkdir -p $dir
cat >$dir/config.toml <<END
journal = "$dir/journal"
control = "$dir/control.sock"
[[listen]]
address = "tcp://127.0.0.1:15514"
[[file]]
path = "$dir/haproxy.log"
from = "begin"
[incidents]
group_wait = "1s"
digest = 3
channel_alarm = "4s"
reload_grace = "2s"
reload_quiet = "1h"
remind = "1h"
[console]
enabled = false
[[exec]]
name = "ops"
command = ["/bin/sh", "-c", "cat >>$dir/told.json"]
[[exec]]
name = "pager"
command = ["/bin/sh", "-c", "echo no line; exit 75"]
END

start() {
	$binary serve -c $dir/config.toml 2>>$dir/serve.log &
	pid=$!
	until (exec 3<>/dev/tcp/127.0.0.1/15514) 2>/dev/null; do sleep 0.1; done
}
# say HOST PID TEXT: a line over TCP
say() {
	printf '<149>%s %s haproxy[%s]: %s\n' "$(LC_ALL=C date '+%b %e %H:%M:%S')" "$1" "$2" "$3" >/dev/tcp/127.0.0.1/15514
	sleep 0.05
}
# note TEXT: a line in the followed file
note() { printf '%s lb3 haproxy[9]: %s\n' "$(LC_ALL=C date '+%b %e %H:%M:%S')" "$1" >>$dir/haproxy.log; }
left() { echo ". $1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."; }
online() { echo ". $1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."; }
down() { say "$1" "$2" "Server $3 is DOWN, reason: Layer4 timeout, check duration: 1ms$(left $4)"; }
up() { say "$1" "$2" "Server $3 is UP, reason: Layer4 check passed, check duration: 0ms$(online $4)"; }

start
down lb1 1 be/old 2
sleep 1.5
up lb1 1 be/old 3
down lb1 1 be/s1 2
down lb2 7 be/s1 2
$binary silence add -c $dir/config.toml --proxy 'db_.*' --for 1000h --comment "a silence of the running daemon" >/dev/null
sleep 1.5
down lb1 1 db_a/s1 1
note "Server followed/f1 is DOWN, reason: Layer4 connection problem, check duration: 0ms$(left 1)"
say lb1 1 "Server be/work is going DOWN for maintenance$(left 1)"
sleep 3
for k in 1 2 3 4; do down lb1 1 many/s$k $((4 - k)); done
say lb1 1 "backend many has no server available!"
down lb1 1 late/l1 1
kill -TERM $pid # amid the storm: the checkpoint
wait $pid || true

start
up lb1 1 many/s1 1
say lb1 1 "Server via/v1 is DOWN via late/l1$(left 1)"
sleep 2
down lb1 2 fresh/n1 1 # a new process
kill -KILL $pid
wait $pid || true

start
up lb1 2 be/s1 3
note "Server followed/f2 is DOWN, reason: Layer4 connection problem, check duration: 0ms$(left 0)"
note "backend followed has no server available!"
sleep 2
down lb1 2 be/s3 2
kill -KILL $pid
wait $pid || true

sed 's/}{/}\n{/g' $dir/told.json | sed -n 's/.*"id": *"\([0-9a-f]*\)".*/\1/p' >$here/told.txt
rm -f $dir/journal/lock
tar -C $dir --sort=name --owner=0 --group=0 --numeric-owner -c journal | gzip -9n >$here/journal.tar.gz
grep -i "level=\(warn\|error\)" $dir/serve.log || true
