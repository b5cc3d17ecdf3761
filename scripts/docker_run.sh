#!/bin/bash
# Runs fetchbench in a container, with the arguments given here, the host's network and this tree's results/ as /results;
# what it writes there belongs to the caller. With no arguments it does what run.sh does without any. The image is built
# first where it is missing or was made from other sources, of another revision or on another base than now.
#   FETCHBENCH_IMAGE    its name (fetchbench)
#   FETCHBENCH_BASE     what it is built on (debian:bookworm-slim)
#   FETCHBENCH_TARGET   which of the Dockerfile's images it is: runtime, or mpi (runtime)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/scripts/lib.sh"
image=${FETCHBENCH_IMAGE:-fetchbench}
base=${FETCHBENCH_BASE:-debian:bookworm-slim}
target=${FETCHBENCH_TARGET:-runtime}

# Sets `engine`: docker if its engine answers, or else podman.
choose_engine() {
    local told=''
    if command -v docker >/dev/null; then
        if told=$(docker version --format '{{.Server.Version}}' 2>&1); then
            engine=docker
            return
        fi
    fi
    if command -v podman >/dev/null; then
        engine=podman
    elif [ -n "$told" ]; then
        die "docker is here, but its engine does not answer: $told"
    else
        die "Neither docker nor podman is here; scripts/run.sh runs fetchbench without a container."
    fi
}

# One word for all that goes into the image; .dockerignore lists its files.
fingerprint() {
    local files
    mapfile -t files < <(sed -n 's/^!//p' "$root/.dockerignore")
    {
        printf '%s\n' "$base" "$target" "$revision"
        cd "$root"
        find .dockerignore Dockerfile "${files[@]}" -type f -print0 | sort -z | xargs -0 sha256sum
    } | sha256sum | cut -d ' ' -f 1
}

build_image() {
    local version
    version=$(sed -n 's/^project(fetchbench VERSION \([^ ]*\).*/\1/p' "$root/CMakeLists.txt")
    say "Building the image $image, which takes a minute or two the first time ..."
    quietly "$engine" build --target "$target" --tag "$image" --label "fetchbench.sources=$sources" --build-arg "BASE=$base" \
        --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "CREATED=$(date -u +%FT%TZ)" "$root" ||
        die "The image could not be built"
}

# Sets `user`: the options by which files belong to the caller. Without root an engine maps users, root to the caller.
choose_user() {
    user=(--user "$(id -u):$(id -g)")
    if [ "$(id -u)" = 0 ]; then
        user+=(--cap-add DAC_OVERRIDE) # results/ may be another's
    elif "$engine" --version | grep -qi podman; then
        user+=(--userns keep-id)
    elif docker info --format '{{.SecurityOptions}}' | grep -q rootless; then
        user=(--user 0:0)
    fi
}

choose_engine
revision=$(git -C "$root" describe --always --dirty --abbrev=10 2>/dev/null || :)
sources=$(fingerprint)
label='{{index .Config.Labels "fetchbench.sources"}}'
[ "$("$engine" image inspect --format "$label" "$image" 2>/dev/null || :)" = "$sources" ] || build_image

choose_user
streams=()
if [ ! -t 0 ]; then
    streams=(--interactive)
elif [ -t 1 ] && [ -t 2 ]; then
    streams=(--interactive --tty) # only where nothing is sent elsewhere: a terminal makes two outputs one
fi
if [ $# -eq 0 ]; then set -- "${demonstration[@]}"; fi
# In / the names under results/ are the same within and without.
exec "$engine" run --rm "${streams[@]}" --network host --read-only --cap-drop ALL --security-opt no-new-privileges \
    --security-opt label=disable "${user[@]}" --mount "type=bind,source=$root/results,target=/results" --workdir / "$image" "$@"
