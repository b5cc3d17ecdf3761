/* What limited a run: the first of a few findings that holds, from the most certain to what is left.
 * Thresholds are ours. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "trust/trust.h"

#define SATURATED 0.85    /* of the time the busiest thread was on a processor or ready for one */
#define NOTABLE_WAIT 0.10 /* of that time */
#define OF_CEILING 0.80   /* from which on it is the client that is measured */
#define THROTTLED 0.05    /* of the time */
#define LOST 0.01         /* of all segments */
#define LEAST_LOST 3
#define WAITED 0.05 /* of all requests: some always meet, however quick the server is */
#define CUT_OFF 0.001
#define HARDLY 0.01 /* of the requests that came to an end */

static struct trust_limit limit(const char *by, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static struct trust_limit limit(const char *by, const char *format, ...) {
    struct trust_limit found = {.by = by};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(found.reason, sizeof found.reason, format, arguments);
    va_end(arguments);
    return found;
}

static struct trust_limit nothing(void) {
    return (struct trust_limit){.by = NULL};
}

static bool is_bad(const char *check, const struct trust_facts *f) {
    return trust_judge_one(trust_find(check), f).status >= TRUST_WARN;
}

static double percent(double share) {
    return 100 * share;
}

static struct trust_limit by_ports(const struct trust_facts *f) {
    if (!f->over_tcp || !is_bad("ports", f))
        return nothing();
    if (f->no_ports > 0)
        return limit("ports", "%lld requests had no local port", (long long)f->no_ports);
    return limit("ports", "%lld sockets to the target were in TIME_WAIT, of %lld local ports",
                 (long long)f->time_wait, (long long)f->port_range);
}

/* Of a loop that spins the processor time is no sign: it has its own count of what it did. */
static double busy_share(const struct trust_facts *f) {
    return f->spins ? f->loop_busy_share : f->busiest_cpu_share;
}

static double busiest_share(const struct trust_facts *f) {
    double share = busy_share(f) + f->busiest_wait_share;
    return isnan(share) && f->threads == 1 && !f->spins ? f->cpu_s / f->wall_s : share;
}

/* Ready, but without a processor, for longer than it had nothing to do: what it waits for is not the server.
 */
static bool is_starved(const struct trust_facts *f) {
    return f->busiest_wait_share > 1 - busiest_share(f);
}

static struct trust_limit by_busiest(const struct trust_facts *f) {
    double share = busiest_share(f);
    if (!(share > SATURATED) && !is_starved(f))
        return nothing();
    if (f->busiest_wait_share > NOTABLE_WAIT)
        return limit(
            "client",
            "its busiest thread was %s for %.0f %% of the time and waited for a processor for %.0f %%",
            f->spins ? "busy" : "on a processor", percent(busy_share(f)), percent(f->busiest_wait_share));
    return limit("client", "its busiest thread was busy for %.0f %% of the time", percent(fmin(share, 1)));
}

/* Many threads may share few processors, each of them idle for most of the time. */
static double processors_share(const struct trust_facts *f) {
    int64_t most = f->threads > 0 && f->threads < f->processors ? f->threads : f->processors;
    return f->spins || most <= 0 ? NAN : f->cpu_s / f->wall_s / (double)most;
}

static struct trust_limit by_threads(const struct trust_facts *f) {
    struct trust_limit found = by_busiest(f);
    double share = processors_share(f);
    if (found.by || !(share > SATURATED))
        return found;
    return limit("client", "its threads used %.0f %% of the processors that they may use",
                 percent(fmin(share, 1)));
}

/* Whether it is known that the client had time left, so that something else was waited for. */
static bool has_time(const struct trust_facts *f) {
    return busiest_share(f) <= SATURATED || (!f->spins && f->cpu_s / f->wall_s <= SATURATED);
}

/* A quota is no noise: it stays, and bounds this client at every measurement in the same way. */
static struct trust_limit by_client(const struct trust_facts *f) {
    struct trust_limit found = by_threads(f);
    if (found.by)
        return found;
    if (f->throttled_share > THROTTLED)
        return limit("client", "its control group's CPU quota held it up for %.0f %% of the time",
                     percent(f->throttled_share));
    if (f->has_ceiling && f->ceiling_share > OF_CEILING)
        return limit("client", "it reached %.0f %% of its rate against the embedded endpoint",
                     percent(f->ceiling_share));
    return nothing();
}

static struct trust_limit by_noise(const struct trust_facts *f) {
    if (!is_bad("steal", f))
        return nothing();
    return limit("noise", "the hypervisor took %.1f %% of this machine's time", percent(f->steal_share));
}

static struct trust_limit by_network(const struct trust_facts *f) {
    int64_t lost = f->retransmits - f->syn_retransmits;
    double share = (double)lost / (double)f->segments_sent;
    if (f->retransmits < 0 || f->syn_retransmits < 0 || f->segments_sent <= 0 || lost < LEAST_LOST ||
        share <= LOST)
        return nothing();
    return limit("network", "%.1f %% of the segments were sent again", percent(share));
}

static struct trust_limit by_backlog(const struct trust_facts *f) {
    if (!f->over_tcp || !is_bad("listen_backlog", f) || f->listen_drops <= 0)
        return nothing();
    return limit("server", "connections were not taken in by its backlog, %.0f times",
                 trust_find("listen_backlog")->value(f).value);
}

/* Whether the slots thought for longer than they waited. */
static bool thinks(const struct trust_facts *f) {
    return f->think_s > f->service_mean_s;
}

static bool waits_for_server(const struct trust_facts *f) {
    return f->first_byte_mean_s > .5 * f->service_mean_s;
}

/* How long a round trip takes is known from the connections that were made. */
static struct trust_limit by_first_byte(const struct trust_facts *f) {
    if (!waits_for_server(f))
        return nothing();
    double round_trip = f->connect_p50_s / f->first_byte_mean_s;
    if (f->same_machine == 0 && round_trip > .5)
        return limit("network", "a round trip is %.0f %% of the wait for the first byte",
                     percent(fmin(round_trip, 1)));
    return limit("server", "%.0f %% of a request's time is the wait for the first byte",
                 percent(fmin(f->first_byte_mean_s / f->service_mean_s, 1)));
}

static struct trust_limit by_closed_loop(const struct trust_facts *f) {
    return thinks(f)
               ? limit(NULL, "each slot pauses, by --think-time, for longer than it waits for an answer")
               : by_first_byte(f);
}

/* Requests that were not answered, but for those that are in flight at any moment, and so at the end. */
static double undone(const struct trust_facts *f) {
    double flying = (double)f->total / f->span_s * f->service_mean_s;
    if (f->unfinished < 0 || f->not_started < 0)
        return NAN;
    return (double)(f->unfinished + f->not_started) - (flying > 0 ? 2 * flying + 3 * sqrt(flying) : 0);
}

static bool has_waited(const struct trust_facts *f) {
    return f->waited > 0 && (double)f->waited > WAITED * (double)f->total;
}

/* Late though a connection was free: by itself, or by who else wants its processor. Where most waited for a
 * connection, what became of the others does not matter. */
static bool sent_late(const struct trust_facts *f) {
    const struct trust_check *slip = trust_find("send_slip");
    return slip->value(f).value > slip->warn &&
           !((double)f->late <= slip->warn * (double)(f->total - f->not_started));
}

static struct trust_limit by_connections(const struct trust_facts *f) {
    if (f->connections > 1)
        return limit(
            "server",
            "all %lld connections were busy waiting for answers: more at once (-c) would tell whether the "
            "server or -c is the limit",
            (long long)f->connections);
    return limit("server",
                 "its one connection was busy waiting for answers: more at once would tell whether the "
                 "server or that is the limit");
}

static bool kept_all(const struct trust_facts *f) {
    return f->waited >= 0 && !has_waited(f) && !sent_late(f) && undone(f) <= CUT_OFF * (double)f->total &&
           !is_bad("rate", f);
}

static struct trust_limit by_open_loop(const struct trust_facts *f) {
    if (sent_late(f))
        return limit("client", "it sent %.0f %% of the requests late for which a connection was free",
                     percent(f->late_share));
    if (!has_time(f))
        return nothing();
    if (has_waited(f))
        return by_connections(f);
    if (undone(f) > CUT_OFF * (double)f->total)
        return limit("server", "%" PRId64 " of %" PRId64 " requests were not answered in time",
                     f->unfinished + f->not_started, f->total);
    return is_bad("rate", f) ? limit("server", "the rate was not reached though the client had time left")
                             : nothing();
}

bool trust_is_of_failures(const struct trust_facts *f) {
    return f->failed > 0 && (double)f->completed <= HARDLY * (double)(f->completed + f->failed);
}

static struct trust_limit of_failures(const struct trust_facts *f) {
    struct trust_limit found = by_ports(f);
    found = found.by ? found : by_backlog(f);
    return found.by            ? found
           : f->completed == 0 ? limit(NULL, "no request was answered")
                               : limit(NULL, "hardly any request was answered");
}

struct trust_limit trust_limited_by(const struct trust_facts *f) {
    static struct trust_limit (*const findings[])(const struct trust_facts *) = {
        by_ports, by_client, by_noise, by_network, by_backlog};
    if (trust_is_of_failures(f))
        return of_failures(f);
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++) {
        struct trust_limit found = findings[i](f);
        if (found.by)
            return found;
    }
    if (f->open_loop && kept_all(f))
        return limit(NULL, "the rate was kept, and no request waited for a connection");
    if (f->open_loop)
        return by_open_loop(f);
    return has_time(f) ? by_closed_loop(f) : nothing();
}
