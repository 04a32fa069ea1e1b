#!/usr/bin/env bats
# Labels of an attacker.  Each line of test/hostile.tsv is a label of a real
# container: nothing happens outside that container's network.

load watch_lib

setup_file() { use_engine; }
teardown_file() { drop_engine; }
teardown() {
	end_worker
	[ -z "${LOG:-}" ] || tail -c 3000 "$LOG"
	docker ps -aq --filter name=hostile- | xargs -r docker rm -fv >/dev/null
	remove_apps
}

labels() { "$BATS_TEST_DIRNAME/hostile_labels.py" "$@"; }
TABLE=$BATS_TEST_DIRNAME/../hostile.tsv
SECRET=hunter2-of-the-worker

# What hostile labels might change on the host: the network, the kernel's
# settings, programs that run, files.  The box stands on the machine's own
# root file system.
# shellcheck disable=SC2016	# for the shell in the box
host_state() {
	in_box sh -c '
		ip -d -o link; ip -o address; ip route show table all; ip -6 route show table all
		ip rule; ip -6 rule; ip netns; ip nexthop; hostname
		sysctl -a 2>/dev/null | grep -E "^(net|kernel.(core|host|domain|modprobe)|fs.file-max|vm.drop)" |
			grep -v nf_conntrack_count
		ps -eo comm= | sort -u | grep -vxE "sh|ps|sort|grep|runc.*|exe|pause|containerd-shim|containerd-shi"
		ls -ld /tmp/owned /owned /x
		find /etc /usr/bin /usr/sbin /root -xdev -newer "$1" -type f' state "$MARKER" 2>&1 |
		sed -E 's/ (expires|used|age) [0-9]+sec//g; s/_timer +[0-9.]+//g'
}

# network_of NAME: all that labels might have changed in the network of each
# container named NAME-*, in one line each.
network_of() {
	local pids
	mapfile -t pids < <(docker ps -q --filter "name=$1-" | xargs docker inspect -f '{{.State.Pid}}')
	# shellcheck disable=SC2016	# for the shell in the box
	in_box sh -c 'for pid; do
		nsenter --net="/proc/$pid/ns/net" sh -c "
			ip -o link; ip -o address; ip route show table all
			ip -6 route show table all; ip rule" | tr "\n" "|"
		echo
	done' networks "${pids[@]}"
}

@test "no hostile label runs anything outside its container, tells a secret or disturbs the worker" {
	MARKER=$BATS_TEST_TMPDIR/marker made=$BATS_TEST_TMPDIR/made
	mkdir "$BATS_TEST_TMPDIR/empty"
	cd "$BATS_TEST_TMPDIR/empty"
	touch "$MARKER"
	start_app hostile-none-0 --network none
	start_worker "SECRET=$SECRET" VPN_IP=10.9.0.7 --label-env VPN_IP --allow host-route --log-format json
	host_state >"$BATS_TEST_TMPDIR/before"

	labels make "$TABLE" "$ENGINE_DIR/docker.sock" hostile >"$made"
	wait_for 30 labels settled "$made" "$LOG"
	start_app hostile-ordinary --network none -l 'docker-events.address=add 10.7.0.1/24 dev lo'
	wait_for 10 said '"msg":"done","container":"hostile-ordinary"'
	labels check "$made" "$LOG"
	worker_lives

	# the log: every line is JSON, none can do anything to a terminal
	jq -e . "$LOG" >/dev/null
	labels clean "$LOG"
	absent grep -qF "$SECRET" "$LOG"

	# outside, and in the networks
	host_state >"$BATS_TEST_TMPDIR/after"
	diff -u "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	[ -z "$(ls -A .)" ]
	network_of hostile >"$BATS_TEST_TMPDIR/networks"
	grep -qF 10.9.9.9 "$BATS_TEST_TMPDIR/networks"		# of a harmless one
	absent grep -qF "$SECRET" "$BATS_TEST_TMPDIR/networks"
	# all refused ones as if they had no labels
	[ "$(network_of hostile-refused | sort -u)" = "$(network_of hostile-none)" ]

	# again from the list, with the other format
	end_worker
	mv "$BATS_TEST_TMPDIR/worker.log" "$BATS_TEST_TMPDIR/first.log"
	start_worker "SECRET=$SECRET" VPN_IP=10.9.0.7 --label-env VPN_IP --allow host-route
	wait_for 20 everything_said_again
	labels clean "$LOG"
	absent grep -qF "$SECRET" "$LOG"
	host_state >"$BATS_TEST_TMPDIR/after"
	diff -u "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# as many containers were refused something as in the first log
everything_said_again() {
	[ "$(grep -o 'container=hostile-refused-[0-9]*' "$BATS_TEST_TMPDIR/worker.log" | sort -u | wc -l)" = \
		"$(grep -o '"container":"hostile-refused-[0-9]*' "$BATS_TEST_TMPDIR/first.log" | sort -u | wc -l)" ]
}
