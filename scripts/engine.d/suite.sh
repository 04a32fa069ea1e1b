# shellcheck shell=bash
# shellcheck disable=SC2154	# variables of engine
# suite.sh - programs of another Debian release, beside the machine's own.
#
# An apt with lists, sources and cache of its own downloads them from the
# machine's mirror, dpkg -x unpacks them into the cache; nothing is installed.

# The mirrors of the machine's own apt that might have any release.
suite_mirrors() {
	apt-get update --print-uris 2>/dev/null |
		sed -n "s|^'\(.*\)/dists/\([^/]*\)/main/.*|\2 \1|p" |
		awk '$1 !~ /-security$/ && !seen[$2]++ { print $2 }'
}

# suite_mirror SUITE: one that really has it, as debootstrap wants it.
suite_mirror() {
	local uri http_proxy https_proxy
	eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
	export http_proxy https_proxy
	for uri in $(suite_mirrors); do
		case $uri in
		mirror+file:*)	# a file that lists mirrors
			uri=$(sed -n '/^[a-z]/{s/[[:space:]].*//;p;q}' "${uri#mirror+file:}") ;;
		esac
		! curl -sfLI -o /dev/null "${uri%/}/dists/$1/InRelease" || { echo "$uri"; return; }
	done
	die "none of the mirrors in this machine's apt sources has Debian $1"
}

suite_apt() {	# DIR PROGRAM ARG...
	local d=$1 program=$2
	shift 2
	"$program" -c "$d/apt/apt.conf" -qq "$@"
}

suite_index() {	# SUITE DIR
	local uri key=''
	mkdir -p "$2/apt/lists/partial" "$2/apt/cache/archives/partial" "$2/apt/none"
	for key in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg} ''; do
		[ ! -f "$key" ] || break
	done
	uri=$(suite_mirror "$1") || exit 1
	echo "deb ${key:+[signed-by=$key]} $uri $1 main" >"$2/apt/sources.list"
	: >"$2/apt/status"
	cat >"$2/apt/apt.conf" <<-END
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	APT::Sandbox::User "$(id -un)";
	Dir::Etc::sourcelist "$2/apt/sources.list";
	Dir::Etc::sourceparts "$2/apt/none";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "$2/apt/none";
	Dir::State::lists "$2/apt/lists";
	Dir::State::status "$2/apt/status";
	Dir::Cache "$2/apt/cache";
	END
	suite_apt "$2" apt-get update >&2 || die "cannot fetch the package lists of Debian $1"
}

# suite_fetch SUITE PACKAGE...: have them unpacked in $cache/SUITE.
suite_fetch() {
	local suite=$1 dir=$cache/$1 p missing=()
	shift
	[[ $suite =~ ^[a-z]+$ ]] || usage "$suite is not the name of a Debian release"
	mkdir -p "$dir"
	exec 7<"$dir"
	flock -w 600 7 || die "another engine command has been fetching Debian $suite for ten minutes"
	for p; do
		[ -e "$dir/.$p" ] || missing+=("$p")
	done
	if [ ${#missing[@]} -gt 0 ]; then
		warn "fetching ${missing[*]} of Debian $suite"
		suite_index "$suite" "$dir"
		(cd "$dir/apt" && suite_apt "$dir" apt-get download "${missing[@]}" >&2) ||
			die "cannot fetch ${missing[*]} of Debian $suite"
		for p in "${missing[@]}"; do
			dpkg -x "$dir/apt/$p"_*.deb "$dir" || die "cannot unpack $p of Debian $suite"
			touch "$dir/.$p"
		done
		rm -rf "$dir/apt"
	fi
	exec 7<&-
}

# suite_engine SUITE: its dockerd, and what of its helpers runs on this libc;
# for the rest (runc, often) the machine's own serve.
suite_engine() {
	local dir=$cache/$1 p
	suite_fetch "$1" docker.io containerd runc
	for p in "$dir"/usr/{bin,sbin}/{containerd,runc}; do
		[ ! -e "$p" ] || "$p" --version >/dev/null 2>&1 || mv "$p" "$p.unusable"
	done
	"$dir/usr/sbin/dockerd" --version >/dev/null ||
		die "the dockerd of Debian $1 does not run on this release: use an older one"
	echo "$dir/usr/sbin/dockerd"
}

# The dockerd of DIR: as `up` was told, or as it was before, or the machine's.
choose_dockerd() {
	local d=${ENGINE_DOCKERD:-}
	[ -z "$suite" ] || d=$(suite_engine "$suite") || exit 1
	[ -z "$d" ] || realpath -s -- "$d" >"$DIR/dockerd"
}

find_dockerd() {
	local d
	d=$(cat "$DIR/dockerd" 2>/dev/null) || d=$(command -v dockerd) ||
		die "there is no dockerd here: scripts/setup engine installs it, or name one in ENGINE_DOCKERD"
	[ -x "$d" ] || die "$d is no program: put the path of a dockerd in ENGINE_DOCKERD"
	echo "$d"
}

cmd_compose_v2() {
	local p
	for p in /usr/libexec/docker/cli-plugins/docker-compose /usr/bin/docker-compose; do
		case $("$p" version --short 2>/dev/null) in
		2.*|v2.*) echo "$p"; return ;;
		esac
	done
	suite_fetch trixie docker-compose
	echo "$cache/trixie/usr/libexec/docker/cli-plugins/docker-compose"
}
