# Shared by the scripts beside it and the Dockerfile: what they install and how they build. Sourced by bash; everything it
# says goes to standard error, so that standard output stays the program's own.

build_packages=(cmake ninja-build gcc libc6-dev pkg-config libcurl4-openssl-dev libev-dev libcjson-dev libssl-dev
                libmicrohttpd-dev liburing-dev zlib1g-dev ca-certificates)

# What fetchbench is run with where no arguments are given.
demonstration=(--mode sequential,threads,async)

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# Prints those of the named packages that are not installed.
missing_packages() {
    local installed
    # dpkg-query fails when it does not know one of them, which is no failure here.
    installed=" $({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || :; } |
        sed -n 's/ installed$//p' | tr '\n' ' ')"
    local package
    for package in "$@"; do
        case $installed in *" $package "*) ;; *) printf '%s\n' "$package" ;; esac
    done
}

# Runs as root. Services that come with a package (nginx) are kept from starting, now and at the next boot.
apt_install() {
    local policy=/usr/sbin/policy-rc.d own_policy='' status=0
    export DEBIAN_FRONTEND=noninteractive
    if [ ! -e "$policy" ]; then
        own_policy=yes
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    apt-get update || echo "apt-get update failed: trying with the package lists that are here"
    apt-get install -y --no-install-recommends "$@" || status=$?
    local service
    for service in nginx tinyproxy; do
        case " $* " in *" $service"*) systemctl disable "$service" || update-rc.d "$service" disable || : ;; esac
    done
    if [ -n "$own_policy" ]; then rm -f "$policy"; fi
    return $status
}

# Installs what is missing of the named packages; takes no time when nothing is.
install_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is no Debian, so nothing is installed; what Debian calls these is needed: $*"
        return
    fi
    local missing as_root=()
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "These packages are missing, and to install them takes root or sudo: ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing with apt: ${missing[*]}"
    quietly "${as_root[@]}" bash -c "$(declare -f apt_install); apt_install \"\$@\"" bash "${missing[@]}" ||
        die "apt-get could not install what is missing: ${missing[*]}"
}

# Runs a command with no input; its output is shown, on standard error, only if it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" </dev/null >"$log" 2>&1 || status=$?
    if [ $status -ne 0 ]; then cat "$log" >&2; fi
    rm -f "$log"
    return $status
}

# configure DIR OPTION...: a Ninja build of this tree in DIR. A cache left by another place or generator is dropped.
configure() {
    local dir=$1 fresh=()
    shift
    if [ -f "$dir/CMakeCache.txt" ] && ! { grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/CMakeCache.txt" &&
                                           grep -qxF "CMAKE_GENERATOR:INTERNAL=Ninja" "$dir/CMakeCache.txt"; }; then
        fresh=(--fresh)
    fi
    cmake -S "$root" -B "$dir" -G Ninja "${fresh[@]}" "$@"
}
