/* One row per check, each with the function that gives its value. */
#include <math.h>

#include "trust/trust.h"

#define SURE 4            /* standard errors that a deviation is to be beyond */
#define LITTLE 0.01       /* deviation from Little's law */
#define TELLING 3         /* requests: fewer may be chance */
#define JIFFIES_LEAST 200 /* of which one would be half a threshold */
#define CLOCK_TIMES 20
#define TURN_LEAST_S 100e-6 /* less is what sending one request takes, the server's being woken included */
#define BUSY_LEAST 0.1 /* of the time: who comes while a loop is busy less often waits for it too rarely */
#define SLIP_LEAST_S 100e-6 /* less is what a timer comes to */
#define CHANCE 3            /* deviations of a count that may be chance */
#define FIRST_RETRY_S 0.9   /* the kernel's, of a connection: a second */
#define DUE_LEAST 10        /* requests that make a rate, */
#define SPAN_LEAST_S 0.1    /* and the time they take at least: less is one turn on a busy machine */
#define DRIFT_LEAST 0.1     /* of the median: less makes no difference to whoever reads it */
#define LATE_S 1e-3         /* by which the last request of a rate may be late */

static struct trust_value plain(double value) {
    return (struct trust_value){.value = value, .grave = value};
}

static struct trust_value unknown(const char *reason) {
    return (struct trust_value){.value = NAN, .grave = NAN, .reason = reason};
}

static struct trust_value counted(int64_t count) {
    return plain(count < 0 ? NAN : (double)count);
}

static double share(int64_t count, int64_t of) {
    return count < 0 || of <= 0 ? NAN : (double)count / (double)of;
}

static int64_t outcomes(const struct trust_facts *f) {
    return f->completed < 0 || f->failed < 0 ? -1 : f->completed + f->failed;
}

static bool is_open_loop(const struct trust_facts *f) {
    return f->open_loop;
}

static bool sleeps_for_answers(const struct trust_facts *f) {
    return f->open_loop && !f->spins;
}

static bool has_turns(const struct trust_facts *f) {
    return f->has_turns;
}

static bool is_over_tcp(const struct trust_facts *f) {
    return f->over_tcp;
}

static bool has_ceiling(const struct trust_facts *f) {
    return f->has_ceiling;
}

/* Where threads were not looked at, one by itself has the whole; of several that is a bound on either side.
 */
static struct trust_value cpu_of_all(const struct trust_facts *f) {
    double share = f->cpu_s / f->wall_s, least = share / (double)f->threads;
    if (f->threads == 1 || share <= trust_find("client_cpu")->warn)
        return plain(share);
    if (f->threads > 1 && least > trust_find("client_cpu")->warn)
        return plain(least);
    return unknown("the run was too short for its threads to be looked at one by one");
}

static struct trust_value client_cpu(const struct trust_facts *f) {
    if (f->spins && isnan(f->loop_busy_share))
        return unknown("a loop that spins is on its processor all the time");
    if (f->spins)
        return plain(f->loop_busy_share);
    return isnan(f->largest_cpu_share) ? cpu_of_all(f) : plain(f->largest_cpu_share);
}

static struct trust_value run_queue_wait(const struct trust_facts *f) {
    return plain(f->largest_wait_share);
}

/* Beyond `least`, as a share of `of`. */
static double beyond(double value_s, double least_s, double of_s) {
    return value_s <= least_s ? 0 : value_s / of_s;
}

static struct trust_value loop_lag(const struct trust_facts *f) {
    double lag = beyond(f->turn_p99_s, TURN_LEAST_S, f->p50_s);
    return plain(f->loop_busy_share < BUSY_LEAST && lag > 0 ? 0 : lag);
}

/* More than a share comes to by chance. */
static bool are_late(const struct trust_facts *f) {
    double expected = (double)f->late / f->late_share * trust_find("send_slip")->warn;
    return f->late >= TELLING && (double)f->late > expected + CHANCE * sqrt(expected);
}

static struct trust_value send_slip(const struct trust_facts *f) {
    double late = f->late_share > trust_find("send_slip")->warn && !are_late(f) ? 0 : f->late_share;
    return (struct trust_value){.value = late, .grave = beyond(f->slip_tail_s, SLIP_LEAST_S, f->tail_s)};
}

static struct trust_value wake_up(const struct trust_facts *f) {
    return plain(f->wake_s / f->p50_s);
}

/* The share of the rate that was missed by what was sent. The last request may take its time: that is
 * latency, no lower rate; and that a single one is sent a little late is slip. */
static struct trust_value rate(const struct trust_facts *f) {
    double over_s = f->wall_s - f->longest_s - f->span_s - LATE_S;
    double in_time = over_s > 0 ? f->span_s / (f->span_s + over_s) : 1;
    if (trust_is_of_failures(f))
        return unknown("hardly any request was answered");
    if (f->total >= 0 && (f->total < DUE_LEAST || f->span_s < SPAN_LEAST_S))
        return unknown("too few requests were due, or in too short a time, to make a rate");
    return plain(isnan(over_s) ? NAN : 1 - share(f->total - f->not_started, f->total) * in_time);
}

/* Requests that failed are in flight as well, and how long each took is not kept. */
static struct trust_value littles_law(const struct trust_facts *f) {
    double deviation = fabs(f->in_flight_mean / f->in_flight_expected - 1);
    double error = f->in_flight_error / f->in_flight_expected;
    if (f->failed > 0)
        return unknown("requests that failed were in flight as well");
    double bias = f->in_flight_bias > 0 ? f->in_flight_bias / f->in_flight_expected : 0;
    if (deviation > LITTLE ? deviation < SURE * error + bias : error > LITTLE)
        return unknown("requests in flight were counted too few times for so little to show");
    return plain(deviation);
}

static struct trust_value stationarity(const struct trust_facts *f) {
    return plain(fabs(f->drift_share) < DRIFT_LEAST && f->drift_p >= 0 ? 1 : f->drift_p);
}

static struct trust_value clock_share(const struct trust_facts *f) {
    return plain(f->clock_s / f->p50_s);
}

static struct trust_value dropped_samples(const struct trust_facts *f) {
    return counted(f->samples_lost);
}

static struct trust_value errors(const struct trust_facts *f) {
    return plain(share(f->failed, outcomes(f)));
}

static struct trust_value status(const struct trust_facts *f) {
    return plain(share(f->other_status, f->completed));
}

/* The host's counters count for everyone, but a connection of the run's own that is not taken in waits for
 * the kernel's first retry. */
static bool was_held_up(const struct trust_facts *f) {
    return f->connect_timeouts > 0 || f->connect_longest_s >= FIRST_RETRY_S ||
           (f->completed == 0 && f->oldest_unfinished_s >= FIRST_RETRY_S);
}

static struct trust_value listen_backlog(const struct trust_facts *f) {
    if (f->listen_drops < 0 || f->syn_retransmits < 0)
        return plain(NAN);
    int64_t count = f->listen_drops + f->syn_retransmits;
    if (count > 0 && !was_held_up(f) && isnan(f->connect_longest_s))
        return unknown("how long its connections took is not known");
    return counted(was_held_up(f) ? count : 0);
}

static struct trust_value ports(const struct trust_facts *f) {
    return (struct trust_value){.value = share(f->time_wait, f->port_range),
                                .grave = f->no_ports < 0 ? NAN : (double)f->no_ports};
}

/* Those of connections being made are the backlog's. */
static struct trust_value retransmits(const struct trust_facts *f) {
    if (f->retransmits < 0 || f->timeouts < 0 || f->syn_retransmits < 0)
        return plain(NAN);
    int64_t most = f->retransmits > f->timeouts ? f->retransmits : f->timeouts;
    return counted(most > f->syn_retransmits ? most - f->syn_retransmits : 0);
}

/* On a busy machine a few take about as long by chance, and as many a little less or more. */
static bool is_peak(const struct trust_facts *f) {
    double expected = (double)f->count_beside / 2;
    return (double)f->count_40ms > expected + CHANCE * sqrt(expected);
}

static struct trust_value delayed_ack(const struct trust_facts *f) {
    if (f->count_40ms < 0 || f->count_beside < 0)
        return plain(NAN);
    return plain(f->count_40ms < TELLING || !is_peak(f) ? 0 : f->share_40ms);
}

static struct trust_value steal(const struct trust_facts *f) {
    if (f->jiffies >= 0 && f->jiffies < JIFFIES_LEAST)
        return unknown("the run was too short for the kernel's count in ticks");
    return plain(f->steal_share);
}

static struct trust_value throttling(const struct trust_facts *f) {
    return counted(f->throttled);
}

static struct trust_value frequency(const struct trust_facts *f) {
    return f->is_performance < 0 ? plain(NAN) : plain(!f->is_performance);
}

static struct trust_value same_machine(const struct trust_facts *f) {
    return counted(f->same_machine);
}

static struct trust_value ceiling(const struct trust_facts *f) {
    return plain(f->ceiling_share);
}

#define OUTCOMES "no request came to an end"
#define SHORT "the run was too short for it to be looked at"
#define COUNTERS "the kernel's counters could not be read"

const struct trust_check trust_checks[] = {
    {.id = "client_cpu",
     .name = "CPU of the busiest thread",
     .warn = 0.80,
     .fail = 0.90,
     .value = client_cpu,
     .unknown = SHORT,
     .advice =
         "the client is near its limit: give it more threads or processors of its own, or ask for less"},
    {.id = "run_queue_wait",
     .name = "wait for a processor",
     .warn = 0.05,
     .fail = NAN,
     .value = run_queue_wait,
     .unknown = SHORT,
     .advice = "its threads waited for a processor: stop what else runs, or keep others off with --pin"},
    {.id = "loop_lag",
     .name = "p99 of the loop's turns over p50",
     .warn = 0.10,
     .fail = NAN,
     .applies = has_turns,
     .value = loop_lag,
     .unknown = OUTCOMES,
     .advice = "answers wait for the loop while it is busy with others: fewer at once, or more loops"},
    {.id = "send_slip",
     .name = "requests sent late",
     .grave_name = "p99 or tenth longest of the slip over that of latency",
     .warn = 0.05,
     .fail = 0.10,
     .applies = is_open_loop,
     .value = send_slip,
     .unknown = "when requests were sent is not known",
     .advice = "the client sent later than it was to: lower the rate, use more threads, or --spin",
     .when_spinning =
         "the client sent later than it was to though it does not sleep: lower the rate, or keep "
         "others off its processor with --pin",
     .when_unable = "the client sent later than it was to: lower the rate, or let async --spin send"},
    {.id = "wake_up",
     .name = "time to be woken over p50",
     .warn = 0.10,
     .fail = NAN,
     .applies = sleeps_for_answers,
     .value = wake_up,
     .unknown = OUTCOMES,
     .advice = "a client that sleeps sees each answer so much later than it came: --spin does not sleep",
     .when_unable =
         "a client that sleeps sees each answer so much later than it came: async --spin does not sleep"},
    {.id = "rate",
     .name = "rate missed by",
     .warn = 0.01,
     .fail = 0.10,
     .invalidates = true,
     .applies = is_open_loop,
     .value = rate,
     .unknown = OUTCOMES,
     .advice =
         "the rate asked for was not reached: lower it, or raise -c if requests waited for a connection"},
    {.id = "littles_law",
     .name = "off Little's law by",
     .warn = LITTLE,
     .fail = 0.05,
     .invalidates = true,
     .value = littles_law,
     .unknown = "requests in flight were not counted",
     .advice = "times and numbers in flight contradict each other: do not use these figures, and report it"},
    {.id = "stationarity",
     .name = "chance of no trend",
     .unit = TRUST_PROBABILITY,
     .low_is_bad = true,
     .warn = 0.01,
     .fail = NAN,
     .value = stationarity,
     .unknown = "the run was too short to see a trend in",
     .advice = "answers became slower or faster during the run: warm up with -w, or run longer"},
    {.id = "clock",
     .name = "price of the clock over p50",
     .warn = 1.0 / CLOCK_TIMES,
     .fail = NAN,
     .value = clock_share,
     .unknown = OUTCOMES,
     .advice = "the clock is too coarse or slow for times as short: see clocksource, tsc is the quick one"},
    {.id = "dropped_samples",
     .name = "samples dropped",
     .unit = TRUST_COUNT,
     .warn = NAN,
     .fail = 0,
     .invalidates = true,
     .value = dropped_samples,
     .unknown = COUNTERS,
     .advice = "not every request was kept: write --samples to a quicker place, or leave it out"},
    {.id = "errors",
     .name = "requests failed",
     .warn = NAN,
     .fail = 0.001,
     .value = errors,
     .unknown = OUTCOMES,
     .advice = "percentiles are of the completed ones alone: find out why the others failed"},
    {.id = "status",
     .name = "answers not 2xx/3xx",
     .warn = 0,
     .fail = NAN,
     .value = status,
     .unknown = OUTCOMES,
     .advice = "a refusal is quick, so a 429 makes a strategy look fast: look at the status codes"},
    {.id = "listen_backlog",
     .name = "connections the backlog did not take",
     .unit = TRUST_COUNT,
     .warn = NAN,
     .fail = 0,
     .applies = is_over_tcp,
     .value = listen_backlog,
     .unknown = COUNTERS,
     .advice = "each was tried again a second later: raise the server's backlog and net.core.somaxconn"},
    {.id = "ports",
     .name = "local ports in TIME_WAIT",
     .grave_name = "requests without a local port",
     .grave_unit = TRUST_COUNT,
     .warn = 0.80,
     .fail = 0,
     .applies = is_over_tcp,
     .value = ports,
     .unknown = COUNTERS,
     .advice = "local ports run out: keep connections alive, or widen net.ipv4.ip_local_port_range"},
    {.id = "retransmits",
     .name = "segments sent again",
     .unit = TRUST_COUNT,
     .warn = 0,
     .fail = NAN,
     .applies = is_over_tcp,
     .value = retransmits,
     .unknown = COUNTERS,
     .advice =
         "the network, or someone else's on this host, lost packets, at 200 ms or more each: find out where"},
    {.id = "delayed_ack_40ms",
     .name = "requests of 38 to 44 ms",
     .warn = 0.01,
     .fail = NAN,
     .applies = is_over_tcp,
     .value = delayed_ack,
     .unknown = OUTCOMES,
     .advice =
         "looks like Nagle with delayed acknowledgements: the server should set TCP_NODELAY or write once"},
    {.id = "steal",
     .name = "time stolen by the hypervisor",
     .warn = 0.01,
     .fail = NAN,
     .value = steal,
     .unknown = COUNTERS,
     .advice = "other virtual machines take this one's time: measure again, or on a machine of its own"},
    {.id = "throttling",
     .name = "periods the control group was throttled",
     .unit = TRUST_COUNT,
     .warn = NAN,
     .fail = 0,
     .value = throttling,
     .unknown = "the control group's statistics could not be read",
     .advice = "the container's CPU quota ran out: raise it, or use fewer threads"},
    {.id = "frequency",
     .name = "governor is not performance",
     .unit = TRUST_FLAG,
     .warn = 0,
     .fail = NAN,
     .value = frequency,
     .unknown = "this machine does not tell its frequency governor",
     .advice = "the processor's clock changes with the load: set the governor to performance"},
    {.id = "same_machine",
     .name = "the server is on this machine",
     .unit = TRUST_FLAG,
     .warn = NAN,
     .fail = NAN,
     .value = same_machine,
     .unknown = "the server's address is not known",
     .advice = "client and server share its processors, and there is no network between them"},
    {.id = "ceiling",
     .name = "share of the ceiling",
     .warn = 0.50,
     .fail = 0.80,
     .applies = has_ceiling,
     .value = ceiling,
     .unknown = "its run against the embedded endpoint has no rate",
     .advice = "it is the client that is measured, which is near to what it can do at all: ask for less"},
    {.id = NULL},
};
