/* libcurl counts in whole milliseconds. */
#include "http/timelimits.h"

#include "base/clock.h"

#define MS INT64_C(1000000)
#define OWN_CONNECT_MS 300000 /* libcurl's limit where none is set */

static long whole_ms(int64_t ns) {
    return (long)((ns + MS - 1) / MS);
}

/* libcurl is told the limit for connecting even beside a driver where it shares that out among several
 * addresses, and where its own would come first. */
unsigned timelimits_apply(CURL *easy, const struct client *client, bool alone) {
    unsigned bad = 0;
    const struct plan *plan = client->plan;
    long connect_ms = whole_ms(plan->connect_timeout_ns);
    if (alone)
        bad |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, whole_ms(plan->timeout_ns));
    bool may_share = client->most_addresses > 1 || client->resolves_each || plan->location;
    if (alone || connect_ms >= OWN_CONNECT_MS || may_share)
        bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    return bad;
}

/* A millisecond more, since it may end one early. */
void timelimits_renew(CURL *easy, const struct client *client) {
    int64_t cut_ns = client->recording->facts->cut_ns, limit_ns = client->plan->timeout_ns;
    if (!cut_ns)
        return;
    int64_t left_ns = cut_ns - clock_now_ns();
    if (left_ns < limit_ns)
        limit_ns = (left_ns > 0 ? left_ns : 0) + MS;
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, whole_ms(limit_ns));
}
