#!/bin/sh
# Includes point down only: init/main.c -> init, handlers, notifier -> lib;
# foreign libraries are behind one file each.  Prints every include that
# points up or sideways, and fails if there is one.
cd "$(dirname "$0")/.." || exit 2
rc=0

# bad PATTERN FILE...: no file may include what the pattern names
bad() {
	pattern=$1
	shift
	[ -e "$1" ] || return 0
	grep -Hn "^#include [<\"]\($pattern\)" "$@" && rc=1
	return 0
}

# shellcheck disable=SC2046,SC2010	# our file names have no blanks
{
	bad 'init/\|handlers/\|notifier/' lib/*.[ch]
	bad 'init/\|notifier/' handlers/*.[ch]
	bad 'init/\|handlers/' notifier/*.[ch]
	bad 'handlers/\|notifier/' $(ls init/*.[ch] | grep -v init/main.c)
	bad 'curl/' $(ls lib/*.[ch] handlers/*.[ch] init/*.[ch] notifier/*.[ch] 2>/dev/null |
		grep -v -e lib/multi.h)
	bad 'jsmn' $(ls lib/*.[ch] handlers/*.[ch] init/*.[ch] notifier/*.[ch] 2>/dev/null |
		grep -v lib/json.c)
}
[ $rc = 0 ] || echo "layers: the includes above point up or sideways" >&2
exit $rc
