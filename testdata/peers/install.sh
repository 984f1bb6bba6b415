#!/bin/sh
# Installs the real peers that the tests talk to: haproxy, rsyslog, postfix with its
# logins, alertmanager, logger and logrotate, from the system's packages, and unpacks
# exim, whose package excludes postfix, into $exim. It needs root and apt; without them
# it says which tests will be skipped and leaves the system as it is.
# No service is started and nothing is configured: every test runs its peers
# as its own children, with its own files, on loopback.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

exim=/var/cache/haproxy-alert-peers/exim

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

# Prints the libraries that exim does not find.
lost() { LD_LIBRARY_PATH=$(echo "$exim"/usr/lib/*-linux-*) ldd "$exim/usr/sbin/exim4" | sed -n 's/^[[:space:]]*\([^ ]*\) => not found$/\1/p'; }

# Debian names a library's package after it: libidn.so.12 is in libidn12, and
# libevent-2.1.so.7 in libevent-2.1-7; the suffix t64 is of newer systems.
package_of() {
	name=$(echo "$1" | sed 's/\([0-9]\)\.so\./\1-/; s/\.so\.//' | tr '[:upper:]_' '[:lower:]-')
	apt-cache show "${name}t64" >/dev/null 2>&1 && name=${name}t64
	echo "$name"
}

fetch() { # unpacks a package beside what is installed
	(cd "$(dirname "$exim")" && apt-get download -q "$1" && dpkg -x "$1"_*.deb "$exim" && rm -f "$1"_*.deb)
}

unpack_exim() {
	mkdir -p "$exim" && apt-get update -q && fetch exim4-daemon-light || return 1
	for round in 1 2 3 4; do # libraries want libraries
		for library in $(lost); do fetch "$(package_of "$library")" || return 1; done
	done
	chmod u-s "$exim/usr/sbin/exim4" # a program with that bit ignores LD_LIBRARY_PATH
	getent passwd Debian-exim >/dev/null ||
		useradd --system --user-group --no-create-home --home-dir /var/spool/exim4 --shell /usr/sbin/nologin Debian-exim
}

# Tests skip without it, so nothing else hangs on it.
beside() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
	if [ -x "$exim/usr/sbin/exim4" ] && [ -z "$(lost)" ] && getent passwd Debian-exim >/dev/null; then
		return 0
	fi
	log=$(mktemp)
	if unpack_exim >"$log" 2>&1 </dev/null; then
		echo "peers: unpacked exim into $exim"
	else
		cat "$log" >&2
		echo "peers: no exim: TestEndToEndMailServers/exim will be skipped"
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
beside
