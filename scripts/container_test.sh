#!/bin/bash
# Builds the images and runs them for real, a line per check: with Docker where its engine runs, else as root with podman, on a
# base made by mmdebstrap (build/container-base.tar, kept for a week): no engine and no registry is needed then, and whatever
# else is in podman's store on this machine is left alone. Ends with 77, and says why, where neither can work.
#   scripts/container_test.sh [PYTEST-OPTION...]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/scripts/lib.sh"
test_packages=(python3 python3-pytest python3-jsonschema python3-yaml nginx-light)
podman_packages=(podman crun mmdebstrap)
base_tar=$root/build/container-base.tar

skip() {
    say "SKIPPED, nothing in a container was tested: $*"
    exit 77
}

# Writes to $work/sources.list which of Debian's archives apt uses here; fails when the first does not answer.
find_archives() {
    local targets=(--format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian') uri release
    [ -n "$(apt-get indextargets "${targets[@]}")" ] || quietly apt-get update
    apt-get indextargets "${targets[@]}" | sort -u >"$work/sources.list"
    read -r _ uri release _ <"$work/sources.list" &&
        /usr/lib/apt/apt-helper download-file "${uri%/}/dists/$release/InRelease" "$work/InRelease" >"$work/apt.log" 2>&1
}

# mmdebstrap reads no apt settings of this machine's, so those by which it reaches its mirrors are handed on.
make_base() {
    local options=() line
    while IFS= read -r line; do options+=(--aptopt="$line"); done < <(
        apt-config dump | grep -E '^Acquire::(https?::|Retries|Check-)')
    for line in doc man info locale; do options+=(--dpkgopt="path-exclude=/usr/share/$line/*"); done
    # usrmerge would bring all of Perl with it.
    quietly mmdebstrap --mode=root --variant=minbase "${options[@]}" --include=usr-is-merged \
        --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
        --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
        bookworm "$work/base.tar" "$work/sources.list" && mv "$work/base.tar" "$base_tar"
}

# Settings and a store of its own. Containers stay in this script's control group, so that they are accounted with it; and
# where root may not raise limits, podman's own would be refused.
configure_podman() {
    local files
    files=$(ulimit -Hn)
    cat >"$work/containers.conf" <<CONF
[containers]
cgroups = "disabled"
netns = "host"
default_ulimits = ["nofile=$files:$files", "nproc=4096:4096"]
[engine]
runtime = "crun"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "$work/tmp"
CONF
    export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf BUILDAH_ISOLATION=chroot
    local driver
    for driver in overlay vfs; do
        printf '[storage]\ndriver = "%s"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' $driver "$work" "$work" \
            >"$work/storage.conf"
        if podman info >"$work/info.log" 2>&1; then return; fi
        rm -rf "$work/store" "$work/run"
    done
    skip "podman does not work here: $(tail -n 1 "$work/info.log")"
}

prepare_podman() {
    # crun 1.8 refuses a machine that has both versions of control groups; only this namespace sees the second no more.
    if mountpoint -q /sys/fs/cgroup/unified; then umount -l /sys/fs/cgroup/unified; fi
    configure_podman
    find_archives || skip "the archive that apt uses here does not answer"
    if [ -z "$(find "$base_tar" -mtime -7 2>/dev/null)" ]; then
        say "Making a base image with mmdebstrap ..."
        mkdir -p "$root/build"
        make_base || skip "mmdebstrap could not make a base image from the archives that apt uses here"
    fi
    export FETCHBENCH_BASE=localhost/fetchbench-test-base
    quietly podman import --change 'CMD ["bash"]' "$base_tar" "$FETCHBENCH_BASE"
}

prepare_docker() {
    export FETCHBENCH_BASE=${FETCHBENCH_BASE:-debian:bookworm-slim}
    docker image inspect "$FETCHBENCH_BASE" >/dev/null 2>&1 || quietly docker pull "$FETCHBENCH_BASE" ||
        skip "Docker has no $FETCHBENCH_BASE and cannot get it"
}

cleanup() {
    if [ "$engine" = docker ]; then
        docker rmi -f "$FETCHBENCH_IMAGE" "$FETCHBENCH_MPI_IMAGE" >/dev/null 2>&1 || :
    else
        podman rm -af -t 1 >/dev/null 2>&1 || :
        find /sys/fs/cgroup -depth -type d -path "*/$FETCHBENCH_CGROUP*" -exec rmdir {} + 2>/dev/null || :
        awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l || :
    fi
    rm -rf "$work"
}

if docker version >/dev/null 2>&1; then
    engine=docker
else
    engine=podman
    [ "$(id -u)" = 0 ] || skip "that takes a running Docker engine, or root for podman"
    command -v apt-get >/dev/null || skip "no Docker engine runs, and without one this works on Debian only"
    unshare --mount true 2>/dev/null || skip "no Docker engine runs, and mount namespaces cannot be made"
    if [ -z "${FETCHBENCH_UNSHARED:-}" ]; then
        (install_packages "${podman_packages[@]}") || skip "podman could not be installed"
        FETCHBENCH_UNSHARED=yes exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
    fi
fi
install_packages "${test_packages[@]}"
export FETCHBENCH=$root/build/fetchbench FETCHBENCH_ENGINE=$engine FETCHBENCH_IMAGE=localhost/fetchbench-test:$$
export FETCHBENCH_MPI_IMAGE=localhost/fetchbench-mpi-test:$$
export FETCHBENCH_CGROUP=fetchbench-test-$$ PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$root/scripts/run.sh" --version >/dev/null # the program outside, for comparison
case $engine in
    podman) prepare_podman ;;
    docker) prepare_docker ;;
esac
begun=$SECONDS
"$root/scripts/docker_run.sh" --version
FETCHBENCH_IMAGE=$FETCHBENCH_MPI_IMAGE FETCHBENCH_TARGET=mpi "$root/scripts/docker_run.sh" --version
say "built with $engine in $((SECONDS - begun)) s"
/usr/bin/python3 -m pytest -p no:cacheprovider --no-header -v -rs -m container "$@" "$root/tests/integration/test_container.py"
