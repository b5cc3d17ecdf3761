#!/bin/bash
# Builds the fuzz targets with clang, ASan and UBSan, installing what that takes, and runs them one after the other.
#   scripts/fuzz.sh [-s SECONDS | -n RUNS] [TARGET...]   each target so long (20 s), or so often
#   scripts/fuzz.sh --merge [TARGET...]                  makes tests/fuzz/corpus anew of what it has and what was found
# What crashes a target goes to tests/fuzz/crashes, where the unit tests of every build replay it; what else was found stays
# in build-fuzz/corpus for the next time.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/scripts/lib.sh"

build=$root/build-fuzz
limit=-max_total_time=20 merge=''
# The longest input of each: longer ones cost time and reach nothing new.
declare -A most_bytes=([response]=1000 [template]=300 [report]=12000 [render]=12000)

usage() {
    sed -n '3,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    say "targets: response template report render"
    exit 2
}

# run_target NAME: a line of figures on standard output; fails where the target does.
run_target() {
    local name=$1 found=$build/corpus/$1 log=$build/fuzz_$1.log status=0
    mkdir -p "$found"
    "$build/tests/fuzz/fuzz_$name" "$limit" -max_len="${most_bytes[$name]}" \
        -dict="$root/tests/fuzz/${name/render/report}.dict" \
        -artifact_prefix="$root/tests/fuzz/crashes/$name/" -print_final_stats=1 -timeout=10 \
        "$found" "$root/tests/fuzz/corpus/$name" "$root/tests/fuzz/crashes/$name" </dev/null >"$log" 2>&1 || status=$?
    printf '%-9s %s executions, %s\n' "$name" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
        "$(sed -n 's/.*\(cov: [0-9]* ft: [0-9]*\).*/\1/p' "$log" | tail -n 1)"
    if [ $status -ne 0 ]; then tail -n 60 "$log"; fi
    return $status
}

# The fewest inputs that reach all the code that any reaches. By edges alone: with counters every number of turns of a loop
# would be something new. What is longer is left out, being cut.
merge_target() {
    local corpus=$root/tests/fuzz/corpus/$1 merged=$build/merged/$1
    rm -rf "$merged"
    mkdir -p "$merged" "$build/corpus/$1"
    "$build/tests/fuzz/fuzz_$1" -set_cover_merge=1 -use_counters=0 -max_len=6000 "$merged" \
        "$corpus" "$build/corpus/$1" </dev/null
    rm -f "$corpus"/*
    cp "$merged"/* "$corpus"
}

while [ $# -gt 0 ]; do
    case $1 in
        -s | -n)
            [ $# -gt 1 ] || usage
            case $2 in '' | 0* | *[!0-9]*) die "$1 takes a number of at least 1, and not '$2'" ;; esac
            if [ "$1" = -s ]; then limit=-max_total_time=$2; else limit=-runs=$2; fi
            shift
            ;;
        --merge) merge=yes ;;
        -*) usage ;;
        *) break ;;
    esac
    shift
done
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then targets=(response template report render); fi
for target in "${targets[@]}"; do
    [[ -n $target && -v most_bytes[$target] ]] || die "'$target' is none of ${!most_bytes[*]}"
done

install_packages "${build_packages[@]}" libcmocka-dev clang libclang-rt-14-dev llvm-14
CC=clang quietly configure "$build" -DCMAKE_BUILD_TYPE=Release -DFETCHBENCH_TESTS=ON -DFETCHBENCH_FUZZ=ON ||
    die "the fuzz targets could not be configured"
quietly cmake --build "$build" --target fuzzers || die "the fuzz targets could not be built"

status=0
for target in "${targets[@]}"; do
    if [ -n "$merge" ]; then quietly merge_target "$target"; else run_target "$target" || status=1; fi
done
exit $status
