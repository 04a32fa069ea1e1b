# shellcheck shell=bash
# shellcheck disable=SC2154	# variables of engine
# net.sh - the boxes' way out: one bridge for all of them, a veth each, NAT.
#
# The bridge comes with the first engine and goes with the last.  A veth is
# made straight into the box's namespace and dies with it; its name is its
# slot, and making it is what takes the slot, so two engines never share one.
# Callers hold lock_machine.

BRIDGE=cleat-br
TAG=(-m comment --comment cleat-engine)

# 10.X.0, the first that no route of the machine knows.
net_free_prefix() {
	local x
	for x in {213..150}; do
		[ -z "$(ip -4 route show root "10.$x.0.0/16")" ] || continue
		! ip -4 route show match "10.$x.0.1" | grep -qv '^default' || continue
		echo "10.$x.0" && return
	done
	die "no free 10.X.0.0/24 network on this machine for the engines' bridge"
}

net_prefix() {
	ip -4 -o addr show dev "$BRIDGE" | sed -n 's/.* inet \(.*\)\.1\/24.*/\1/p'
}

net_rules() {	# -A or -D, PREFIX
	local insert=-I
	[ "$1" = -A ] || insert=-D
	iptables -w -t nat "$1" POSTROUTING -s "$2.0/24" ! -o $BRIDGE "${TAG[@]}" -j MASQUERADE &&
	iptables -w $insert FORWARD -i $BRIDGE "${TAG[@]}" -j ACCEPT &&
	iptables -w $insert FORWARD -o $BRIDGE "${TAG[@]}" -j ACCEPT
}

net_bridge_up() {
	local prefix opt
	[ -z "$(net_prefix 2>/dev/null)" ] || return 0
	prefix=$(net_free_prefix)
	ip link del $BRIDGE 2>/dev/null || true		# half made
	opt=1
	ip link add $BRIDGE type bridge
	# what to put back when the last engine goes; a containerd makes
	# /opt/containerd, however it is configured
	[ -e /opt/containerd ] || opt=0
	ip link set $BRIDGE alias "ip_forward=$(</proc/sys/net/ipv4/ip_forward) opt=$opt"
	ip link set $BRIDGE up
	echo 1 >/proc/sys/net/ipv4/ip_forward
	net_rules -A "$prefix" || die "cannot add the NAT rules for $BRIDGE: is iptables usable here?"
	ip addr add "$prefix.1/24" dev $BRIDGE		# last: now it is whole
}

# The largest packet that the way out takes, for the box and its containers.
net_mtu() {
	local dev mtu
	dev=$(ip -4 route show default | sed -n '/ dev /{s/.* dev \([^ ]*\).*/\1/p;q}')
	mtu=$(cat "/sys/class/net/${dev:-lo}/mtu" 2>/dev/null || echo 1500)
	echo $((mtu < 1500 ? mtu : 1500))
}

# net_up BOX: a veth for the box's process.
net_up() {
	local slot=$((0x$ID % 250 + 1)) prefix mtu
	net_bridge_up
	prefix=$(net_prefix)
	mtu=$(net_mtu)
	for _ in {1..250}; do
		! ip link add "cleat-v$slot" mtu "$mtu" type veth \
			peer name eth0 mtu "$mtu" netns "$1" 2>/dev/null || break
		ip link show "cleat-v$slot" >/dev/null 2>&1 ||
			die "cannot make a veth pair: does this kernel have the veth module?"
		slot=$((slot % 250 + 1))
	done
	ip link set "cleat-v$slot" master $BRIDGE alias "engine $ID" up
	nsenter -t "$1" -n sh -ec "
		ip addr add $prefix.$((slot + 1))/24 dev eth0
		ip link set eth0 up
		ip route add default via $prefix.1"
}

# net_down: without our veth, and without the bridge once it is bare.
net_down() {
	local veth prefix alias
	[ -e /sys/class/net/$BRIDGE ] || return 0
	veth=$(ip -o link show master $BRIDGE | sed -n "s/^[0-9]*: \([^@:]*\).*alias engine $ID$/\1/p")
	[ -z "$veth" ] || ip link del "$veth" 2>/dev/null || true	# it dies with its box
	[ -z "$(ip -o link show master $BRIDGE)" ] || return 0
	prefix=$(net_prefix)
	alias=$(ip link show $BRIDGE | sed -n 's/.*alias //p')
	[ -z "$prefix" ] || net_rules -D "$prefix" || warn "some iptables rules for $BRIDGE were gone"
	ip link del $BRIDGE
	# another bridge means that someone else forwards by now
	if [[ $alias = *ip_forward=0* ]] && [ -z "$(ip -o link show type bridge)" ]; then
		echo 0 >/proc/sys/net/ipv4/ip_forward
	fi
	if [[ $alias = *opt=0* ]]; then
		rmdir /opt/containerd/{bin,lib} /opt/containerd 2>/dev/null || true
	fi
}

# net_resolv: the name servers that a box can reach, when the machine's own
# resolv.conf names its loopback (systemd-resolved, dnsmasq) or lies in /run,
# which the box has not.
net_resolv() {
	local f
	case $(readlink -f /etc/resolv.conf) in
	/run/*) ;;
	*) grep -qE '^nameserver[[:space:]]+(127\.|::1)' /etc/resolv.conf 2>/dev/null || return 0 ;;
	esac
	for f in /etc/resolv.conf /run/systemd/resolve/resolv.conf /run/NetworkManager/no-stub-resolv.conf; do
		grep -q '^nameserver' "$f" 2>/dev/null || continue
		! grep -qE '^nameserver[[:space:]]+(127\.|::1)' "$f" || continue
		cat "$f" && return
	done
	warn "the machine's name server is on its loopback: a build in this engine has no DNS"
}
