#!/bin/bash
# curl in a shell: one process with all URLs at a time where connections are to be kept, else a process for each request.
# curl tells how long each took, not when. Bodies are not worked on, so the ready line repeats no work.
set -u -o pipefail

line='{"index":%{urlnum},"duration_s":%{time_total},"status":%{http_code},"bytes":%{size_download},"error":"%{exitcode}"}\n'

settings() {
    printf 'request = "%s"\n' "$FETCHBENCH_METHOD"
    if [ "$FETCHBENCH_METHOD" = HEAD ]; then printf 'head\n'; fi
    if [ -n "${FETCHBENCH_BODY-}" ]; then printf 'data-binary = "@%s"\n' "$FETCHBENCH_BODY"; fi
    if [ -n "${FETCHBENCH_USER-}" ]; then printf 'user = "%s"\n' "$(quoted "$FETCHBENCH_USER")"; fi
    if [ -n "${FETCHBENCH_CACERT-}" ]; then printf 'cacert = "%s"\n' "$(quoted "$FETCHBENCH_CACERT")"; fi
    if [ "$FETCHBENCH_INSECURE" = 1 ]; then printf 'insecure\n'; fi
    printf 'header = "@%s"\nmax-time = %s\nconnect-timeout = %s\n' "$FETCHBENCH_HEADERS" "$FETCHBENCH_TIMEOUT" \
        "$FETCHBENCH_CONNECT_TIMEOUT"
    printf 'silent\ngloboff\nnoproxy = "*"\n'
}

quoted() { sed 's/["\\]/\\&/g' <<<"$1"; }

# Exit codes of curl as classes of failure; one that has no name here is told as it is.
named() {
    sed -e 's/"error":"0"/"error":null/' -e 's/"status":000/"status":null/' \
        -e 's/"error":"6"/"error":"dns"/' -e 's/"error":"7"/"error":"connection_refused"/' \
        -e 's/"error":"\(1\|8\)"/"error":"protocol"/' -e 's/"error":"18"/"error":"truncated"/' \
        -e 's/"error":"28"/"error":"timeout"/' -e 's/"error":"35"/"error":"tls"/' \
        -e 's/"error":"\(52\|55\|56\)"/"error":"connection_reset"/' -e 's/"error":"60"/"error":"tls_verify"/' \
        -e 's/"error":"\([0-9]\+\)"/"error":"curl exit \1"/'
}

if [ $# -gt 0 ]; then # called by itself below: one request
    curl -K <(settings) -o /dev/null -w "${line/'%{urlnum}'/${1%% *}}" "${1#* }"
    exit 0
fi

echo '{"ready":1}'
read -r _
if [ "$FETCHBENCH_KEEPALIVE" = 1 ]; then
    curl --parallel --parallel-max "$FETCHBENCH_CONCURRENCY" -w "$line" \
        -K <(settings; sed 's/["\\]/\\&/g; s/.*/url = "&"\noutput = "\/dev\/null"/' "$FETCHBENCH_URLS") | named
else
    awk '{ print NR - 1, $0 }' "$FETCHBENCH_URLS" | xargs -d '\n' -n 1 -P "$FETCHBENCH_CONCURRENCY" "$0" | named
fi
exit 0 # a request that failed has been told of
