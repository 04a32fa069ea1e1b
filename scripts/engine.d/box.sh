# shellcheck shell=bash
# shellcheck disable=SC2154	# variables of engine
# box.sh - the namespaces that an engine lives in, and what they leave outside.

until_true() {	# SECONDS COMMAND...
	local end=$(($(date +%s%N) + $1 * 1000000000))
	shift
	until "$@"; do
		[ "$(date +%s%N)" -lt "$end" ] || return 1
		sleep 0.03
	done
}

# Is this process the PID 1 of our box?
is_box() { grep -qzxF "CLEAT_ENGINE_DIR=$DIR" "/proc/$1/environ" 2>/dev/null; }

# The PID, seen from outside, of the box's PID 1; fails when there is no box.
box() {
	local pid
	pid=$(cat "$DIR/box" 2>/dev/null) && is_box "$pid" && echo "$pid"
}

# The same for a box whose DIR someone removed.
box_scan() {
	local p
	for p in $(pgrep -x tini); do
		! is_box "$p" || echo "$p"
	done
}

need_box() { box || die "the engine in $DIR does not run: engine up $DIR"; }

in_box() {
	local pid=$1
	shift
	nsenter -t "$pid" -m -u -i -n -p -- "$@"
}

box_up() {
	local parent pid
	for pid in $(box_scan); do	# of an `up` that was killed half-way
		box_kill "$pid"
	done
	rm -f "$DIR/box" "$DIR/box.up"
	cgroups_down || true
	net_resolv >"$DIR/resolv.conf"
	# 8 and 9 are locks, which a box must not hold for ever
	setsid unshare -n -m -u -i -p --fork --mount-proc --propagation private \
		"$here/engine.d/box-init" "$DIR" "box-$ID" >>"$DIR/log" 2>&1 </dev/null 8<&- 9<&- &
	parent=$!
	until_true 10 up_or_dead "$parent" || die_log "the box did not come up in 10 s"
	pid=$(pgrep -P "$parent") || die_log "the box did not come up"
	until_true 5 is_box "$pid" || die_log "the box has no tini"
	lock_machine
	net_up "$pid"
	unlock_machine
	echo "$pid" >"$DIR/box"		# last: now it is whole
}

box_kill() {
	kill -KILL "$1" 2>/dev/null || true
	until_true 20 dead "$1" || die "the box's process $1 is still there 20 s after KILL"
}

up_or_dead() { [ -e "$DIR/box.up" ] || dead "$1"; }
dead() { [ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

# The cgroups of our containers, in every hierarchy; fails while one is busy.
# Where the machine has none mounted the box had a mount of its own.
cgroups_down() {
	# shellcheck disable=SC2016	# for that shell
	unshare -m sh -c '
		cd /sys/fs/cgroup || exit
		[ "$(stat -fc %T .)" != sysfs ] || { mount -n -t cgroup2 cgroup2 . && cd "$PWD"; } || exit
		for d in "$1" */"$1"; do
			[ ! -d "$d" ] || find "$d" -depth -type d -exec rmdir {} + || exit
		done' cgroups "cleat-$ID" 2>/dev/null
}
