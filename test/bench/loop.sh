#!/bin/sh
# What people run today: every event through docker inspect and nsenter.
# loop.sh PREFIX: of the labels PREFIX.address, PREFIX.route, PREFIX.rule.
prefix=$1
docker events --filter event=start --format '{{.ID}}' | while read -r id; do
	pid=$(docker inspect --format '{{.State.Pid}}' "$id")
	for kind in address route rule; do
		commands=$(docker inspect --format \
			"{{index .Config.Labels \"$prefix.$kind\"}}" "$id")
		echo "$commands" | tr ';' '\n' | while read -r words; do
			# shellcheck disable=SC2086	# words are words
			[ -z "$words" ] || nsenter -t "$pid" -n ip "$kind" $words
		done
	done
done
