#!/bin/bash
# Builds fetchbench, installing what that takes, and runs it with the arguments given here.
# With none: the three strategies, 100 GETs each, on the endpoint that fetchbench carries within itself.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/scripts/lib.sh"

install_packages "${build_packages[@]}"
if [ ! -x "$root/build/fetchbench" ]; then say "Building $root/build/fetchbench ..."; fi
# A build that test.sh made keeps its settings, so that the two do not undo each other's work.
options=(-DCMAKE_BUILD_TYPE=Release -DFETCHBENCH_SANITIZE=)
if [ ! -f "$root/build/CMakeCache.txt" ]; then options+=(-DFETCHBENCH_TESTS=OFF); fi
quietly configure "$root/build" "${options[@]}" || die "fetchbench could not be configured"
quietly cmake --build "$root/build" --target fetchbench || die "fetchbench could not be built"

if [ $# -eq 0 ]; then set -- "${demonstration[@]}"; fi
exec "$root/build/fetchbench" "$@"
