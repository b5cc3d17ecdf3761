/* May a run's figures be believed? One row per check, and from them and the same facts what limited the run.
 * Pure: plain numbers in, rows out; nothing is allocated, all texts but a limit's reason are constant.
 *
 * Thresholds that have a source: 80 % and 90 % of a processor are k6's and Locust's, 5 % late Fortio's, a
 * tenth of the rate Lancet's. The others are ours. */
#ifndef FETCHBENCH_TRUST_TRUST_H
#define FETCHBENCH_TRUST_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRUST_CHECKS_MOST 24
#define TRUST_REASON 200 /* bytes of a limit's reason */

enum trust_status { TRUST_PASS, TRUST_UNKNOWN, TRUST_WARN, TRUST_FAIL }; /* from good to bad */

/* The status's name in reports. */
const char *trust_status_name(enum trust_status status);

/* What is known of a run and its environment: NaN or -1 for unknown. Shares are of 1, counts of this run
 * alone unless they are said to be the host's. */
struct trust_facts {
    /* What kind of run it was, and whether it is asked at all. */
    bool open_loop, spins;
    bool can_spin;       /* its strategy, if it is told to */
    int64_t connections; /* requests in flight at most */
    bool has_turns;      /* its strategy tells how long a turn of its loop kept it busy */
    bool over_tcp;       /* or else by a Unix socket */
    bool has_ceiling;    /* it was run against the embedded endpoint as well */
    double think_s;      /* of each place in flight between two requests, 0 for none */

    int64_t total, completed, failed, unfinished, not_started;
    int64_t other_status; /* answers outside 2xx and 3xx */
    int64_t samples_lost;
    double oldest_unfinished_s; /* age at the end; 0 without any */
    double wall_s;
    double p50_s, tail_s;                    /* of the latency: its median, and its p99 or tenth longest */
    double service_mean_s;                   /* begun to the last byte */
    double first_byte_mean_s;                /* sent to the first byte */
    double connect_p50_s, connect_longest_s; /* of connections made */
    int64_t connect_timeouts;                /* requests that failed for want of one */
    double share_40ms;                       /* of requests whose time looks like a delayed acknowledgement */
    int64_t count_40ms, count_beside; /* and of those a little quicker or slower, over twice the width */

    int64_t threads;                              /* that sent requests */
    int64_t processors;                           /* that they may use */
    double cpu_s;                                 /* of all of them, in wall_s */
    double busiest_cpu_share, busiest_wait_share; /* of the thread with the largest sum of both, which see */
    double largest_cpu_share, largest_wait_share; /* of any: on a processor, and ready but waiting for one */
    double loop_busy_share, turn_p99_s;

    double late_share, slip_tail_s; /* of requests that did not wait for a connection; as the latency's */
    int64_t late;                   /* how many that share is */
    double wake_s;                  /* how late the kernel wakes the client from its sleep */
    double longest_s; /* that any request took, work on its body included, also without success */
    double span_s;    /* from go to the last moment at which one was due */
    int64_t waited;   /* due before there was a connection free */

    /* As counted, by Little's law from how long requests took, and the standard error of the difference. */
    double in_flight_mean, in_flight_expected, in_flight_error;
    double in_flight_bias; /* and what its ticks' being late may have added, at most */
    double drift_p;        /* that means of stretches of the run have no trend */
    double drift_share;    /* from the median of its first third to that of its last, of the whole's median */

    double clock_s; /* resolution of the clock and the price of asking it */

    /* Of the host (its network namespace, its control group), differences over the run but where said
     * otherwise. */
    int64_t listen_drops, syn_retransmits, retransmits, timeouts, segments_sent;
    int64_t no_ports, time_wait,
        port_range; /* requests that had none; sockets to the target afterwards; ports there are */
    double steal_share;
    int64_t jiffies; /* that it is a share of */
    int64_t throttled;
    double throttled_share; /* of wall_s */
    int is_performance;     /* the frequency governor: 1, 0, or -1 */
    int same_machine;

    double ceiling_share; /* of its rate against the embedded endpoint */
};

/* All unknown, closed loop, over TCP. */
struct trust_facts trust_facts_unknown(void);

enum trust_unit { TRUST_SHARE, TRUST_COUNT, TRUST_PROBABILITY, TRUST_FLAG };

struct trust_value {
    double value;       /* what the first threshold judges, and what is shown */
    double grave;       /* what the second does; mostly the same */
    const char *reason; /* of what is unknown, where it is not the usual one */
};

struct trust_check {
    const char *id;
    const char *name, *grave_name; /* what is judged, for people; the second NULL where both are the same */
    enum trust_unit unit, grave_unit;
    bool low_is_bad;
    double warn, fail;  /* beyond which it is bad; NaN: never. A check with neither only labels */
    bool invalidates;   /* or else it qualifies */
    const char *advice; /* what is the matter, a colon and what to do about it */
    const char *when_spinning, *when_unable; /* instead, where it spins or cannot; or NULL */
    const char *unknown;                     /* why it mostly is */
    bool (*applies)(const struct trust_facts *f);
    struct trust_value (*value)(const struct trust_facts *f);
};

/* The table; ended by id NULL. */
extern const struct trust_check trust_checks[];

/* The row with that id, or NULL. */
const struct trust_check *trust_find(const char *id);

/* The check's advice that says the same as this text, which may be anybody's; its usual one where none does.
 */
const char *trust_advice(const struct trust_check *check, const char *text);

struct trust_row {
    const struct trust_check *check;
    enum trust_status status;
    double value, threshold; /* the one that was broken, or the first there is; NaN for none */
    const char *advice;      /* what to do, why it is unknown, or NULL */
};

/* Rows of the checks that apply, in the order of the table. Returns their number. */
size_t trust_judge(const struct trust_facts *f, struct trust_row out[TRUST_CHECKS_MOST]);

/* One of them, whether or not it applies. */
struct trust_row trust_judge_one(const struct trust_check *check, const struct trust_facts *f);

struct trust_limit {
    const char *by;            /* "client", "server", "network", "ports", "noise"; NULL: none found */
    char reason[TRUST_REASON]; /* in words, without a full stop; "" where nothing is known */
};

/* Whether requests failed and hardly any was answered, so that nothing is known of who could do what. */
bool trust_is_of_failures(const struct trust_facts *f);

struct trust_limit trust_limited_by(const struct trust_facts *f);

#endif
