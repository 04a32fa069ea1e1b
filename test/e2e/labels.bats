#!/usr/bin/env bats
# What labels do to a container's network.

load watch_lib

setup_file() { use_engine; }
teardown_file() { drop_engine; }
teardown() {
	end_worker
	show_log
	remove_apps
}

two_networks() {
	make_network labels-a --subnet 10.0.0.0/24 --gateway 10.0.0.1
	make_network labels-b --subnet 10.20.0.0/24 --gateway 10.20.0.1
}

# two_homed NAME LAST [OPTION...]: made, not started, on both networks, with
# addresses that end in LAST.
two_homed() {
	local name=$1 last=$2
	shift 2
	echo "$name" >>"$BATS_TEST_TMPDIR/apps"
	docker create --name "$name" --network labels-a --ip "10.0.0.$last" "$@" \
		-l 'docker-events.address=add 10.0.1.4/16 dev eth0' \
		-l 'docker-events.route=delete default;add default via 10.20.0.1;add 10.0.0.0/8 via 10.0.0.1;add 192.168.0.0/16 via 10.0.0.1' \
		cleat-test/static >/dev/null
	docker network connect --ip "10.20.0.$last" labels-b "$name"
}

# is_routed NAME LAST: all addresses and routes of a two_homed container whose
# addresses end in LAST.
is_routed() {
	same "eth0 inet 10.0.0.$2/24
eth0 inet 10.0.1.4/16
eth1 inet 10.20.0.$2/24
lo inet 127.0.0.1/8" addresses "$1"
	same "default via 10.20.0.1 dev eth1
10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.$2
10.0.0.0/16 dev eth0 proto kernel scope link src 10.0.1.4
10.0.0.0/8 via 10.0.0.1 dev eth0
10.20.0.0/24 dev eth1 proto kernel scope link src 10.20.0.$2
192.168.0.0/16 via 10.0.0.1 dev eth0" routes "$1"
}

@test "address and route labels give a container on two networks exactly these addresses and routes" {
	two_networks
	start_worker
	two_homed labels-two 2
	docker start labels-two
	applied labels-two 5
	is_routed labels-two 2
}

@test "docker restart gives them again" {
	two_networks
	start_worker
	two_homed labels-again 2
	docker start labels-again
	applied labels-again 5
	docker restart -t 0 labels-again
	applied labels-again 10
	is_routed labels-again 2
}

@test "a crash gives them again, when the engine starts the container again" {
	two_networks
	start_worker
	two_homed labels-crash 2 --restart always
	docker start labels-crash
	applied labels-crash 5
	in_box kill -KILL "$(pid_of labels-crash)"
	applied labels-crash 10
	is_routed labels-crash 2
	[ "$(docker inspect -f '{{.RestartCount}}' labels-crash)" = 1 ]
}

@test "three containers started at once get theirs each" {
	two_networks
	start_worker
	for n in 2 3 4; do
		two_homed labels-many-$n $n
	done
	printf '%s\n' labels-many-{2,3,4} | xargs -n 1 -P 3 docker start
	for n in 2 3 4; do
		applied labels-many-$n 5
		is_routed labels-many-$n $n
	done
}

@test "a rule label makes a rule" {
	start_worker
	start_app labels-rule -l 'docker-events.rule=add from 10.0.1.4 table 100' \
		-l 'docker-events.route=add default via 172.17.0.1 table 100'
	applied labels-rule 2
	same "0: from all lookup local
32765: from 10.0.1.4 lookup 100
32766: from all lookup main
32767: from all lookup default" rules labels-rule
	same "default via 172.17.0.1 dev eth0" in_table_100 labels-rule
}
in_table_100() { in_netns "$1" ip route show table 100 | sed 's/ *$//'; }

@test "labels are applied sysctl first, then address, route and rule, as their names do not sort" {
	start_worker
	start_app labels-order --network none -l 'docker-events.rule=add from 10.7.0.1 table 7' \
		-l 'docker-events.route=add 10.8.0.0/16 dev lo table 7' \
		-l 'docker-events.sysctl=net.ipv4.conf.lo.forwarding=1' \
		-l 'docker-events.address=add 10.7.0.1/24 dev lo'
	applied labels-order 4
	[ "$(sed -n 's/.*msg=done container=labels-order label=docker-events\.\([a-z]*\).*/\1/p' "$LOG" | paste -sd' ')" = \
		"sysctl address route rule" ]
}

@test "the containers' program needs no tool, no user and no privilege" {
	start_worker
	start_app labels-bare --user 1000:1000 --cap-drop ALL --read-only --security-opt no-new-privileges \
		-l 'docker-events.address=add 10.0.1.4/16 dev eth0'
	applied labels-bare 1
	[[ $(addresses labels-bare) = *'eth0 inet 10.0.1.4/16'* ]]
}

@test "IPv6 is switched on by a sysctl label, and its address is usable at once" {
	start_worker
	start_app labels-six \
		-l 'docker-events.sysctl=net.ipv6.conf.all.disable_ipv6=0; net.ipv6.conf.eth0.disable_ipv6=0' \
		-l 'docker-events.address=add fd00:7::4/64 dev eth0' \
		-l 'docker-events.route=add 2001:db8::/32 via fd00:7::1'
	applied labels-six 4
	run -0 in_netns labels-six ip -o -6 address show dev eth0 scope global
	[[ $output = *"inet6 fd00:7::4/64 scope global nodad "* ]]
	[[ $output != *tentative* ]]
	[[ $(routes6 labels-six) = *"2001:db8::/32 via fd00:7::1 dev eth0 metric 1024"* ]]
}

@test "a sysctl label changes the container's value and not the host's" {
	start_worker
	before=$(in_box cat /proc/sys/net/ipv4/ip_default_ttl)
	start_app labels-sysctl -l 'docker-events.sysctl=net.ipv4.ip_default_ttl=33'
	applied labels-sysctl 1
	[ "$(in_netns labels-sysctl cat /proc/sys/net/ipv4/ip_default_ttl)" = 33 ]
	[ "$(in_box cat /proc/sys/net/ipv4/ip_default_ttl)" = "$before" ]
}

@test "labels of an image count, and the container's own win" {
	start_worker
	start_app labels-source
	docker commit -c 'LABEL docker-events.address="add 10.0.1.4/16 dev eth0"' \
		-c 'LABEL docker-events.route="add 10.9.0.0/16 dev eth0"' labels-source cleat-test/labels-image
	APP_IMAGE=cleat-test/labels-image start_app labels-image -l 'docker-events.route=add 10.8.0.0/16 dev eth0'
	applied labels-image 2
	docker rmi -f cleat-test/labels-image
	[[ $(addresses labels-image) = *'eth0 inet 10.0.1.4/16'* ]]
	[[ $(routes labels-image) = *10.8.0.0/16* ]]
	[[ $(routes labels-image) != *10.9.0.0/16* ]]
}

@test "a quoted or empty command, and spaces and newlines between words, are understood" {
	start_worker
	start_app labels-words --network none -l "docker-events.address=
		;; add  '10.7.0.1/24'
		dev \"lo\" ;add 10.7.\\0.2/24 dev lo;"
	applied labels-words 2
	same "lo inet 127.0.0.1/8
lo inet 10.7.0.1/24
lo inet 10.7.0.2/24" addresses labels-words
}

@test "docker-events.start.KIND is the same as docker-events.KIND" {
	start_worker
	start_app labels-event --network none -l 'docker-events.start.address=add 10.7.0.1/24 dev lo'
	applied labels-event 1
}

@test "a command that ip refuses is told with container, label, command and reason, and the next one runs" {
	start_worker
	start_app labels-fail --network none \
		-l 'docker-events.address=add 10.7.0.1/24 dev nope0; add 10.7.0.2/24 dev lo; add 10.7.0.2/24 dev lo; add 10.7.0.3/24 dev lo' \
		-l 'docker-events.route=add 10.8.0.0/16 via 192.0.2.1; add 10.9.0.0/16 dev lo'
	wait_for 5 has_done labels-fail 3
	said level=error 'msg="command failed"' container=labels-fail label=docker-events.address \
		'command="add 10.7.0.1/24 dev nope0"' status=1 'output="Cannot find device \"nope0\""'
	said level=error 'command="add 10.7.0.2/24 dev lo"' status=2 'output="'
	said level=error label=docker-events.route 'command="add 10.8.0.0/16 via 192.0.2.1"' status=2
	[ "$(times_said level=error)" = 3 ]
	same "lo inet 127.0.0.1/8
lo inet 10.7.0.2/24
lo inet 10.7.0.3/24" addresses labels-fail
	same "10.9.0.0/16 dev lo scope link" routes labels-fail
}

@test "a command that is none is told with its word and what was expected, and the next one runs" {
	start_worker
	start_app labels-bad --network none \
		-l 'docker-events.address=add 10.7.0.300/24 dev lo; frobnicate; add 10.7.0.1/24 dev lo; add 10.7.0.2/24 dev "lo'
	wait_for 5 has_done labels-bad 1
	said level=error 'msg="command refused"' container=labels-bad label=docker-events.address \
		'command="add 10.7.0.300/24 dev lo"' 'word 2 \"10.7.0.300/24\": expected'
	said 'command refused' command=frobnicate 'expected one of: add '
	said 'command refused' 'add 10.7.0.2/24 dev \"lo' quote
	[ "$(times_said level=error)" = 3 ]
}

@test "a kind that does not exist is told, and the other labels are applied" {
	start_worker
	start_app labels-kind --network none -l 'docker-events.teleport=now' -l docker-events.=x \
		-l docker-eventsX.address='add 10.7.0.9/24 dev lo' -l 'docker-events.address=add 10.7.0.1/24 dev lo'
	wait_for 5 has_done labels-kind 1
	said level=error container=labels-kind label=docker-events.teleport 'expected sysctl, address, route, rule or host-route'
	said level=error 'label=docker-events. ' 'no such kind'
	[ "$(times_said level=error)" = 2 ]
	same "lo inet 127.0.0.1/8
lo inet 10.7.0.1/24" addresses labels-kind
}
