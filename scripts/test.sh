#!/bin/bash
# Builds fetchbench in every way that is tested, installing what that takes, and tests it.
#   scripts/test.sh                 the quick tier
#   scripts/test.sh --full          and the long one: linters, minutes-long runs, 10^7 requests, fuzzing, the image in containers
#   scripts/test.sh --only STAGE    one stage (may be repeated); see `stages` below
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/scripts/lib.sh"

stages=(release unit integration times walls format valgrind asan asan-unit asan-integration tsan tsan-unit tsan-integration)
full_stages=(cppcheck clang-tidy long fuzz container)
test_packages=("${build_packages[@]}" libcmocka-dev clang libclang-rt-14-dev llvm-14 clang-format valgrind
               python3 python3-pytest python3-pytest-xdist python3-jsonschema python3-httpbin gunicorn nginx-light
               tinyproxy curl openssl python3-yaml python3-scipy python3-matplotlib python3-requests python3-aiohttp nodejs
               dpkg-dev file man-db zsh fish bash-completion iproute2 openmpi-bin libopenmpi-dev
               openjdk-17-jre-headless libhdrhistogram-java)
full_packages=(clang-tidy cppcheck)

python=/usr/bin/python3 # Debian's, whatever comes first on the PATH
logs=$root/build/test-logs
passed=0 failed=0 skipped=0

usage() {
    sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    say "stages: ${stages[*]}; with --full: ${full_stages[*]}"
    exit 2
}

only=() full=''
while [ $# -gt 0 ]; do
    case $1 in
        --full) full=yes ;;
        --only)
            [ $# -gt 1 ] || usage
            shift
            case " ${stages[*]} ${full_stages[*]} " in *" $1 "*) only+=("$1") ;; *) usage ;; esac
            ;;
        *) usage ;;
    esac
    shift
done

# Sanitizers need their shadow memory where a kernel with many random address bits may put something else.
steady() {
    case $stage in
        asan* | tsan*) if setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi ;;
        *) "$@" ;;
    esac
}

build() {
    local dir=$1
    shift
    configure "$dir" -DFETCHBENCH_WERROR=ON -DFETCHBENCH_TESTS=ON "$@" && cmake --build "$dir" && return
    rm -f "$dir/fetchbench" # so that nothing tests what an earlier build left
    return 1
}

# Whether the build in a folder came about; without it a stage is one failure, not hundreds.
built() { [ -x "$1/fetchbench" ] || { echo "$1/fetchbench was not built" && false; }; }

# Tests wait for much of their time, so several run at once. Sanitized, no times are compared, and the quick tier leaves out
# most of what is the same at every concurrency and, from ThreadSanitizer, what has one thread alone.
one_threaded='^(fuzz|golden|oracle|wall|unit\.(cli|compare|plan|render|report|stats|trust))'
unit() {
    local dir=$1 extent=all without='^$'
    case $stage in
        asan-unit) extent=brief without=punctual ;;
        tsan-unit) extent=threads without="punctual|$one_threaded" ;;
    esac
    if [ -n "$full" ]; then extent=all; fi
    built "$dir" && FETCHBENCH_CONTRACT=$extent steady ctest --test-dir "$dir" -j6 -E "$without" --output-on-failure \
        --output-junit "$logs/$stage.xml"
}

# integration DIR MARKS [PYTEST-OPTION...]: the integration and truth tests on the build in DIR. Where no times are compared
# several run at once, since they wait for most of their time.
integration() {
    local dir=$1 marks=$2
    shift 2
    built "$dir" || return
    FETCHBENCH=$dir/fetchbench steady "$python" -m pytest -p no:cacheprovider -q -m "$marks" --durations=10 \
        --junitxml "$logs/$stage.xml" "$@" "$root/tests/integration" "$root/tests/truth"
}

sources() { find "$root/src" "$root/tests" -name '*.[ch]' -print0; }

# Every strategy in few requests under valgrind, which follows the measured child; leaks count as errors, but not that
# it does not know a system call (--PID-- instead of ==PID==), which raw does without where it is not there.
valgrind_runs() {
    local name mode status=0
    for name in $(sed -n 's/^STRATEGY(\([a-z0-9_]*\)).*/\1/p' "$root/src/strategy/strategies.def"); do
        rm -f "$logs/valgrind-$name".*
        mode=$name
        if [ "$name" = exec ]; then mode="exec:'$root/build/tests/contract/contract_client'"; fi
        if timeout -k 5 90 valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
            --error-exitcode=99 --log-file="$logs/valgrind-$name.%p" "$root/build/fetchbench" -M "$mode" -n 20 -c 5 -o /dev/null &&
            ! grep -q '^==' "$logs/valgrind-$name".*; then
            passed=$((passed + 1))
        else
            cat "$logs/valgrind-$name".*
            failed=$((failed + 1)) status=1
        fi
    done
    return $status
}

# Left out are three warnings that are wrong here: of out parameters, of memset on a pointer, and of a defined shift.
cppcheck_sources() {
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem \
        --suppress=autoVariables --suppress=pointerSize --suppress=shiftTooManyBitsSigned --error-exitcode=1 -j2 \
        -I "$root/src" "$root/src"
}

# One file a time: given several, clang-tidy 14 calls every va_list uninitialised.
clang_tidy_sources() {
    find "$root/src" -name '*.c' -print0 | xargs -0 -n1 -P2 clang-tidy --quiet -p "$root/build"
}

run_stage() {
    export PYTHONDONTWRITEBYTECODE=1
    case $1 in
        release) build "$root/build" -DCMAKE_BUILD_TYPE=Release -DFETCHBENCH_SANITIZE= ;;
        unit) unit "$root/build" ;;
        integration) integration "$root/build" 'not long and not container and not release' -n 5 ;;
        times) integration "$root/build" 'release and not long and not container' ;;
        walls) "$python" -m pytest -p no:cacheprovider -q --junitxml "$logs/$stage.xml" "$root/tests/walls" ;;
        format) sources | xargs -0 clang-format --dry-run -Werror ;;
        valgrind) valgrind_runs ;;
        asan) build "$root/build-asan" -DCMAKE_BUILD_TYPE=Debug -DFETCHBENCH_SANITIZE=address ;;
        asan-unit) unit "$root/build-asan" ;;
        asan-integration) integration "$root/build-asan" 'not long and not release and not container and not once' -n 5 ;;
        tsan) CC=clang build "$root/build-tsan" -DCMAKE_BUILD_TYPE=Debug -DFETCHBENCH_SANITIZE=thread ;;
        tsan-unit) unit "$root/build-tsan" ;;
        tsan-integration) integration "$root/build-tsan" 'not long and not release and not container and not once and not one_thread' -n 5 ;;
        cppcheck) cppcheck_sources ;;
        clang-tidy) clang_tidy_sources ;;
        long) integration "$root/build" 'long' ;;
        fuzz) "$root/scripts/fuzz.sh" -s 15 ;;
        container) "$root/scripts/container_test.sh" --junitxml "$logs/$stage.xml" ;;
    esac
}

# Adds what a stage's JUnit file counts; a stage without one is one test, skipped if its status is 77.
count() {
    local xml=$logs/$1.xml status=$2 p=0 f=0 s=0
    if [ -f "$xml" ]; then
        read -r p f s < <("$python" - "$xml" <<'PY'
import sys
import xml.etree.ElementTree as tree
total = bad = skipped = 0
for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
    total += int(suite.get("tests", 0))
    bad += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped += int(suite.get("skipped", 0)) + int(suite.get("disabled", 0))
print(total - bad - skipped, bad, skipped)
PY
        )
        if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    elif [ "$1" != valgrind ]; then
        case $status in 0) p=1 ;; 77) s=1 ;; *) f=1 ;; esac
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

install_packages "${test_packages[@]}"
if [ -n "$full" ] || [ ${#only[@]} -gt 0 ]; then install_packages "${full_packages[@]}"; fi
if [ -n "$full" ]; then stages+=("${full_stages[@]}"); fi
if [ ${#only[@]} -gt 0 ]; then stages=("${only[@]}"); fi
mkdir -p "$logs"

for stage in "${stages[@]}"; do
    rm -f "$logs/$stage.xml"
    begun=$EPOCHREALTIME was_passed=$passed was_failed=$failed was_skipped=$skipped
    run_stage "$stage" </dev/null >"$logs/$stage.log" 2>&1
    status=$?
    count "$stage" "$status"
    word=ok
    if [ "$failed" -gt "$was_failed" ]; then
        word=FAILED
        tail -n 150 "$logs/$stage.log"
    elif [ "$status" -eq 77 ]; then
        word=SKIPPED
        tail -n 5 "$logs/$stage.log"
    fi
    printf '%-7s %-17s %5d s   %d passed, %d failed, %d skipped\n' "$word" "$stage" \
        $(((${EPOCHREALTIME/./} - ${begun/./}) / 1000000)) \
        $((passed - was_passed)) $((failed - was_failed)) $((skipped - was_skipped))
done

printf 'in %d s:\n%d passed, %d failed, %d skipped\n' "$SECONDS" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
