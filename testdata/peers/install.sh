#!/bin/sh
# Installs the real peers that the tests talk to: haproxy, rsyslog, postfix with its
# logins, alertmanager, logger and logrotate, from the system's packages, and unpacks
# exim, whose package excludes postfix, into $exim. It needs root and apt; without them
# it says which tests will be skipped and leaves the system as it is.
# `install.sh bench` also unpacks what only `make bench` compares with: syslog-ng, whose
# package excludes rsyslog, and mtail.
# No service is started and nothing is configured: every test runs its peers
# as its own children, with its own files, on loopback.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

cache=/var/cache/haproxy-alert-peers
exim=$cache/exim

missing() { # prints the packages whose program is not there
	command -v haproxy >/dev/null || echo haproxy
	command -v rsyslogd >/dev/null || echo rsyslog
	ls /usr/lib/*/rsyslog/lmnsd_ossl.so >/dev/null 2>&1 || echo rsyslog-openssl
	command -v postfix >/dev/null || echo postfix
	command -v prometheus-alertmanager >/dev/null && command -v amtool >/dev/null || echo prometheus-alertmanager
	command -v saslpasswd2 >/dev/null || echo sasl2-bin libsasl2-modules
	command -v logger >/dev/null || echo bsdutils
	command -v logrotate >/dev/null || echo logrotate
}

skipped() { # says what a missing package costs
	for package in $(missing); do
		case $package in
		haproxy) echo "peers: no haproxy ($1): TestEndToEnd* will be skipped" ;;
		rsyslog) echo "peers: no rsyslog ($1): TestEndToEnd/rsyslog* and TestEndToEndKilled will be skipped" ;;
		rsyslog-openssl) echo "peers: no OpenSSL for rsyslog ($1): TestEndToEndTLS/rsyslog* will be skipped" ;;
		postfix) echo "peers: no postfix ($1): TestEndToEnd* and TestKill9Campaign will be skipped" ;;
		prometheus-alertmanager) echo "peers: no alertmanager ($1): TestEndToEndAlertmanager will be skipped" ;;
		sasl2-bin) echo "peers: no saslpasswd2 ($1): TestEndToEndMailServers will be skipped" ;;
		logrotate) echo "peers: no logrotate ($1): TestKill9Follow rotates by the same system calls" ;;
		bsdutils) echo "peers: no logger ($1): the README's try-it line has nothing to run it" ;;
		esac
	done
}

versions() { # one line: what the tests will run against
	echo "peers:" \
		"$(haproxy -v 2>/dev/null | sed -n 's/^HA-\{0,1\}Proxy version \([^ ]*\).*/haproxy \1,/p')" \
		"$(rsyslogd -v 2>/dev/null | sed -n 's/^rsyslogd  *\([^ ]*\).*/rsyslog \1,/p')" \
		"$(postconf -d mail_version 2>/dev/null | sed 's/.*= /postfix /')," \
		"$(prometheus-alertmanager --version 2>&1 | sed -n 's/^alertmanager, version \([^ ]*\).*/alertmanager \1/p')"
}

# Runs a command that is silent unless it fails.
quietly() {
	"$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; return 1; }
}

# Packages start their services unless policy-rc.d says no; images have one.
keep_services_off() {
	[ -e /usr/sbin/policy-rc.d ] && return
	policy=/usr/sbin/policy-rc.d
	printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
}

install() {
	log=$(mktemp) policy=
	trap 'rm -f "$log" $policy' EXIT
	trap 'exit 1' HUP INT TERM
	export DEBIAN_FRONTEND=noninteractive
	keep_services_off &&
		quietly apt-get update -o Acquire::Retries=3 &&
		echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections &&
		quietly apt-get install -y --no-install-recommends -o Acquire::Retries=3 "$@"
}

# Prints the libraries that the programs below a folder do not find: lost FOLDER FILE...
lost() {
	beside=$(echo "$1"/usr/lib/*-linux-* "$1"/lib/*-linux-* "$1"/usr/lib/syslog-ng | tr ' ' ':')
	shift
	LD_LIBRARY_PATH=$beside ldd "$@" 2>/dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found$/\1/p' | sort -u
}

# Debian names a library's package after it: libidn.so.12 is in libidn12, and
# libevent-2.1.so.7 in libevent-2.1-7; the suffix t64 is of newer systems.
package_of() {
	name=$(echo "$1" | sed 's/\([0-9]\)\.so\./\1-/; s/\.so\.//' | tr '[:upper:]_' '[:lower:]-')
	apt-cache show "${name}t64" >/dev/null 2>&1 && name=${name}t64
	echo "$name"
}

# Unpacks a package into a folder, beside what is installed: fetch FOLDER PACKAGE
fetch() {
	(cd "$cache" && apt-get download -q "$2" && dpkg -x "$2"_*.deb "$1" && rm -f "$2"_*.deb)
}

# Unpacks the libraries that the programs of a folder want: complete FOLDER FILE...
complete() {
	for round in 1 2 3 4; do # libraries want libraries
		for library in $(lost "$@"); do fetch "$1" "$(package_of "$library")" || return 1; done
	done
	[ -z "$(lost "$@")" ]
}

unpack_exim() {
	mkdir -p "$exim" && apt-get update -q && fetch "$exim" exim4-daemon-light || return 1
	complete "$exim" "$exim/usr/sbin/exim4" || return 1
	chmod u-s "$exim/usr/sbin/exim4" # a program with that bit ignores LD_LIBRARY_PATH
	getent passwd Debian-exim >/dev/null ||
		useradd --system --user-group --no-create-home --home-dir /var/spool/exim4 --shell /usr/sbin/nologin Debian-exim
}

has_exim() {
	[ -x "$exim/usr/sbin/exim4" ] && [ -z "$(lost "$exim" "$exim/usr/sbin/exim4")" ] &&
		getent passwd Debian-exim >/dev/null
}

# What syslog-ng loads at its start stands beside it.
syslog_ng_files() { echo "$cache"/syslog-ng/usr/sbin/syslog-ng "$cache"/syslog-ng/usr/lib/syslog-ng/*/*.so; }

unpack_syslog_ng() {
	mkdir -p "$cache/syslog-ng" && apt-get update -q && fetch "$cache/syslog-ng" syslog-ng-core &&
		complete "$cache/syslog-ng" $(syslog_ng_files) # unquoted: one word a file
}

has_syslog_ng() {
	[ -x "$cache/syslog-ng/usr/sbin/syslog-ng" ] && [ -z "$(lost "$cache/syslog-ng" $(syslog_ng_files))" ]
}

unpack_mtail() { mkdir -p "$cache/mtail" && apt-get update -q && fetch "$cache/mtail" mtail; }

has_mtail() { [ -x "$cache/mtail/usr/bin/mtail" ]; }

# Unpacks a peer on which nothing else hangs: besides NAME CONSEQUENCE
besides() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
	"has_$1" && return
	log=$(mktemp)
	if "unpack_$1" >"$log" 2>&1 </dev/null && "has_$1"; then
		echo "peers: unpacked $1 into $cache"
	else
		cat "$log" >&2
		echo "peers: no $1: $2"
	fi
	rm -f "$log"
}

wanted=$(missing | tr '\n' ' ')
if [ -z "$wanted" ]; then
	versions
elif [ "$(id -u)" != 0 ]; then
	skipped "not root, so not installed"
elif ! command -v apt-get >/dev/null; then
	skipped "no apt here, so not installed"
elif install $wanted; then # unquoted: one word a package
	echo "peers: installed $wanted"
	versions
else
	skipped "apt-get could not install it"
fi
besides exim "TestEndToEndMailServers/exim will be skipped"
if [ "${1:-}" = bench ]; then
	besides syslog_ng "make bench does not compare with it"
	besides mtail "make bench does not compare with it"
fi
