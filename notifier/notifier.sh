#!/bin/sh
# notifier.sh [HOST [PORT]]: tells the listener on the engine's host that the
# engine starts, and, on HUP, INT or TERM, that it stops.  Run it in a container
# that the engine restarts (docker run --restart always); HOST is then
# host.docker.internal, or what the host is called in there; PORT is 47200.
#
# It says one line, `start` or `stop`, with the token behind it if there is one
# (NOTIFIER_TOKEN, or the first line of the file NOTIFIER_TOKEN_FILE).  `start`
# is said again, after 0.2 s to 10 s, until the listener takes it: it answers
# `ok`, or nothing; `no REASON` is a refusal.  `stop` is said once, for 3 s.
#
# Needs a POSIX shell, date, sleep, and busybox's or OpenBSD's nc.
trap 'exit 0' HUP INT TERM

log() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; }
usage() { echo "notifier.sh: $*; usage: notifier.sh [HOST [PORT]]" >&2; exit 2; }

host=${1:-host.docker.internal} port=${2:-47200}
[ $# -le 2 ] || usage "too many arguments"
case $host in -*) usage "$host is no host" ;; esac
case $port in *[!0-9]*) usage "$port is no port" ;; esac
command -v nc >/dev/null || { log "there is no nc here"; exit 127; }

# OpenBSD's nc hangs up only when told to; busybox's always does.
case $(nc -h 2>&1) in
*-N*hutdown*) hang_up=-N ;;
*) hang_up= ;;
esac

# Opens what nc writes to, 3, and what we read it from, 4: a file without a
# name, since a shell that waits for a pipe cannot be told to stop.
hear() {
	for dir in "${TMPDIR:-/tmp}" /dev/shm /run; do
		file=$dir/notifier.$$
		# set -C: never through a link that someone laid there
		(set -C && umask 077 && : >"$file") 2>/dev/null || continue
		exec 3>>"$file"
		exec 4<"$file"
		rm -f "$file"
		deaf=
		return
	done
	exec 3>/dev/null 4</dev/null
	deaf=" (its answer is not known: there is no folder to write to)"
}

token() {
	token=${NOTIFIER_TOKEN:-}
	[ -z "$token" ] || return 0
	[ -z "${NOTIFIER_TOKEN_FILE:-}" ] || read -r token <"$NOTIFIER_TOKEN_FILE" ||
		[ -n "$token" ] || log "no token in $NOTIFIER_TOKEN_FILE"
}

# A command in the background is the only one there is, so that $! is it.
end_child() {
	[ -n "$!" ] || return 0
	kill "$!" 2>/dev/null
	wait "$!" 2>/dev/null
}

# limit TENTHS: the child's status once it has ended, 124 when it had to be.
limit() {
	n=0
	while kill -0 "$!" 2>/dev/null; do
		[ $((n += 1)) -le "$1" ] || { end_child; return 124; }
		sleep 0.1
	done
	wait "$!"
}

# say WORD SECONDS TENTHS: did the listener take it?  If not, why says why.
# SECONDS bound the connection and the wait for an answer, TENTHS all of it.
say() {
	token
	hear
	# ulimit: this much the listener may say, in half KiB
	# shellcheck disable=SC2086	# an option or nothing
	(ulimit -f 8; exec nc $hang_up -w "$2" "$host" "$port") >&3 2>&1 3>&- 4<&- <<-END &
	$1${token:+ $token}
	END
	status=0 answer=
	limit "$3" || status=$?
	while read -r line <&4 || [ -n "$line" ]; do
		answer=$line
	done
	answer=$(printf %.200s "$answer" | tr -c ' -~' '?')
	case $status:$answer in
	0:no|"0:no "*) why="refused:${answer#no}" ;;
	0:*) return 0 ;;
	124:*) why="no connection or answer in time" ;;
	*) why=${answer:-no connection} ;;
	esac
	return 1
}

stop() {
	trap : HUP INT TERM
	end_child
	if say stop 1 28; then
		log "stop: told $host:$port$deaf"
	else
		log "stop: $host:$port: $why"
	fi
	exit 0
}

start() {
	last='' pause=2
	until say start 3 80; do
		# the same again is no news
		[ "$why" = "$last" ] || log "start: $host:$port: $why; trying again"
		last=$why
		sleep $((pause / 10)).$((pause % 10)) &
		wait "$!"
		pause=$((pause < 50 ? pause * 2 : 100))
	done
	log "start: told $host:$port$deaf"
}

trap stop HUP INT TERM
start
while :; do
	sleep 2147483647 &
	wait "$!"
done
