/* What happened in one run: lanes (histograms and counters), samples, and the requests in flight, all in one
 * shared anonymous mapping that the measured child writes and the parent reads. No policy, no statistics.
 *
 * The parent makes it before forking (recording_open) and reuses it for run after run (recording_reset). In
 * the child, recording_put and the in-flight marks may be called from any thread and never lock, allocate or
 * make a system call. */
#ifndef FETCHBENCH_RECORD_RECORDING_H
#define FETCHBENCH_RECORD_RECORDING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/histogram.h"
#include "record/measure.h"
#include "record/ring.h"
#include "record/sample.h"
#include "record/scheduling.h"
#include "record/usage.h"

#define RECORDING_EXAMPLE 200 /* bytes of an error's example */
#define RECORDING_STATUSES 600
#define RECORDING_GIVE_UP 10 /* failures in a row, without one success, that stop a run */
#define RECORDING_ADDRESSES 256
#define RECORDING_NOTES 8  /* that a run may have */
#define RECORDING_NOTE 320 /* bytes of one */
/* The note by which compare/hosts.c knows a run that kept to no agreed start. */
#define RECORDING_BEGAN_UNASKED "its program did not wait for the word to go, so it began before the others"

struct lane_counts {
    _Atomic uint64_t completed, failed, cancelled, unfinished;
    _Atomic uint64_t waited; /* of an open loop's: no slot was free when they were due */
    _Atomic uint64_t retries, redirects, connections_opened, connections_reused;
    _Atomic uint64_t tls_resumed;
    _Atomic uint64_t bytes_received; /* headers and bodies of answers */
    _Atomic uint64_t bytes_sent;
    _Atomic uint64_t samples_lost; /* the ring was full: its reader has fallen behind */
    _Atomic uint64_t errors[ERROR_CLASSES];
    _Atomic uint64_t statuses[RECORDING_STATUSES];
};

struct lane {
    _Alignas(64) struct lane_counts counts;
    struct histogram histograms[MEASURES];
};

/* A request in flight, so that what a killed child was doing can be counted and aged. */
struct in_flight {
    _Alignas(64) _Atomic int64_t ticket_plus_1; /* 0: idle */
    _Atomic int64_t start_ns;
};

/* Facts of the run as a whole, written by the child as it passes each point. What every request touches
 * stands together, in one cache line. */
struct run_facts {
    int64_t present_bytes; /* of the recording, before the clock: what memory figures include */
    _Atomic int64_t setup_start_ns, go_ns, end_ns; /* end_ns: when run() came back, written last */
    _Atomic int64_t cut_ns; /* what is in flight then is unfinished and ends; 0: there is no such moment */
    _Atomic int64_t oldest_unfinished_ns; /* the age that what was cut off then had */
    _Atomic int64_t last_outcome_ns;
    _Atomic int64_t last_completion_ns, largest_gap_ns;
    _Atomic int64_t handed_out;                 /* tickets taken from the work source, N at most */
    _Atomic int64_t samples_placed;             /* places of the ring that were given away */
    _Alignas(64) _Atomic int64_t samples_taken; /* of them, those that the parent has read */
    _Atomic int64_t largest_gap_from_ns;        /* when it began; of two just then, that of either */
    _Atomic int64_t longest_failed_ns;          /* from its start until it was done with */
    _Atomic int64_t warmup_completed, warmup_failed;
    _Atomic int any_success, failures_before_success;
    _Atomic int stop;     /* set by either side: hand out no more, cancel what is in flight */
    _Atomic int gave_up;  /* the child stopped itself after RECORDING_GIVE_UP failures */
    _Atomic int finished; /* run() came back and everything below was written */
    _Atomic int example_claimed[ERROR_CLASSES];
    char examples[ERROR_CLASSES][RECORDING_EXAMPLE]; /* the first failure of each class, in words */
    struct err failure;  /* why the run could not be carried out at all; kind ERR_NONE if it could */
    int ended_by;        /* beside failure: the signal that ended a process of the strategy's, 0 for none */
    _Atomic int program; /* an outside one that sends the requests: the tree to be looked at; 0: our own */
    _Atomic int64_t program_ended_ns;
    _Atomic int reading;       /* the clock is over, and what the program told is read */
    int64_t program_rss_bytes; /* high-water mark of the largest of its processes, 0 without one */
    char notes[RECORDING_NOTES][RECORDING_NOTE]; /* how the run is to be read, a sentence each; "" for none */
    int starts_by_word;                          /* set by the parent before the child is forked */
    _Atomic int64_t ready_ns;  /* all was set up and warmed up; 0: not yet, or it needs no word */
    _Atomic int64_t start_ns;  /* the word: the moment to go at; 0: it has not come */
    _Atomic int64_t waited_ns; /* from ready_ns until the wait was over; 0: it is not */
    int64_t wake_ns; /* how late the kernel woke it from a sleep, before go; 0: that does not matter to it */
    struct usage at_go, at_end;
    struct scheduling main_at_go, main_at_end; /* the main thread */
    struct footprint footprint_seen;           /* by the child itself */
    struct usage discount;               /* what is no part of the run's cost, as the price of looking */
    char addresses[RECORDING_ADDRESSES]; /* what the host resolved to, space-separated */
    char primary_address[64];            /* the address of the first connection made */
    _Atomic int observed;                /* the rest was claimed by the first answer */
    int http_version;                    /* 10, 11, 20, 30; 0: none seen */
    _Atomic size_t observer_plus_1;      /* whose slot it is; 0: no one has */
    char tls_version[16], tls_cipher[64];
    char server_header[128];
    char backend[16]; /* what carried the bytes, where a strategy has a choice of that; "" where not */
};

struct recording {
    struct run_facts *facts;
    struct lane *lanes;
    size_t lane_count;
    struct in_flight *slots;
    size_t slot_count; /* the run's concurrency */
    struct ring ring;
    /* private */
    char *mapping;
    size_t mapping_bytes;
    size_t used_bytes; /* of the mapping, by the present run */
    int stop_fd;       /* an eventfd that becomes readable when the run is to stop */
    int ready_fd;      /* one that does when the child waits for the word to go */
    int word_fd;       /* one that does when the word has come */
    bool drained;      /* the parent takes every sample out of the ring while the run is on */
    bool keep_going;
    bool own_lanes; /* set by the child: no two threads put into one lane, so counting needs no locked adds */
};

/* Reserves a mapping for runs of at most `requests` tickets, `slots` in flight and `lanes` writers. Untouched
 * pages cost nothing. With `drained` the samples of all requests pass through its ring, for the parent to
 * take while the run is on (ring_take); else the first RING_KEPT are kept. Returns 0, or -1 with err filled.
 * Close it with recording_close. */
int recording_open(struct recording *r, int64_t requests, size_t slots, size_t lanes, bool drained,
                   struct err *err);
void recording_close(struct recording *r);

/* Gives every page back and sets the shape of the next run. Only while no child uses it. */
int recording_reset(struct recording *r, int64_t requests, size_t slots, size_t lanes, struct err *err);

/* Sets the shape alone: for the child, whose copy of the struct knows nothing of the parent's reset. */
void recording_shape(struct recording *r, int64_t requests, size_t slots, size_t lanes);

/* In the child, before the clock: makes the pages present that a run will touch which has these measures
 * (bits 1 << MEASURE_...), so that no request pays for a first touch. A page takes microseconds. */
void recording_prefault(struct recording *r, unsigned measures);

/* Forgets all outcomes and what was in flight: between warm-up and the run, or of a run that never came to
 * more. Only while no one puts. */
void recording_forget(struct recording *r);

/* In the child, after a warm-up that gave up: lets the run proper try for itself. A stop that the parent
 * asked for stays. */
void recording_resume(struct recording *r);

/* Marks slot as carrying a ticket from start_ns on, or with ticket -1 as idle. */
void recording_begin(struct recording *r, size_t slot, int64_t ticket, int64_t start_ns);

/* Records the outcome of the ticket that `slot` carried, and marks the slot idle. `lane` < lane_count;
 * `example` says a failure in words (may be NULL). After RECORDING_GIVE_UP failures without one success it
 * asks the run to stop, unless keep_going; a failure that was foreseen is not counted among them. */
void recording_put(struct recording *r, size_t lane, size_t slot, int64_t ticket, const struct sample *s,
                   const char *example);

/* Counts a turn of an event loop that has the lane to itself. */
void recording_turn(struct recording *r, size_t lane, int64_t busy_ns);

/* In the child, on the run's main thread: sees how much memory its tree of processes has now, without that
 * look counting for what the run costs. At the end of a run, and before a strategy ends processes of its own.
 */
void recording_look(struct recording *r);

/* In the child: takes what is no part of the run's cost off it. */
void recording_discount(struct recording *r, struct usage cost);

/* In the child, on the run's main thread: adds a sentence on how the run is to be read. */
void recording_note(struct recording *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether a sample put now finds room: false only where the parent takes them and has fallen behind. */
bool recording_has_room(const struct recording *r);

/* The lane of the processor that the calling thread is on. */
size_t recording_lane_here(const struct recording *r);

/* Whether what was still in flight at that moment is unfinished. */
bool recording_cuts(const struct recording *r, int64_t moment_ns);

/* Asks the run to stop: sets the flag and wakes stop_fd. Async-signal-safe. */
void recording_stop(struct recording *r);
bool recording_stopping(const struct recording *r);

/* A run that goes by word: its child, set up and warmed up, waits for an agreed moment. */

/* In the parent, after recording_reset and before the child is forked. */
void recording_start_by_word(struct recording *r);

/* In the parent: whether the child has become ready since it was last asked (ready_fd is readable). */
bool recording_take_ready(struct recording *r);

/* In the parent, once a run, when or before its child is ready: the word to go at that moment of
 * CLOCK_MONOTONIC, more than 0. One that has passed is at once. */
void recording_start_at(struct recording *r, int64_t start_ns);

/* In the child: says that it is ready, and waits for the word and then for its moment (base/wait.h says how
 * exactly). False when the run is to stop first. True at once for a run that needs no word. */
bool recording_await_start(struct recording *r);

/* For how long the child has been waiting so, or had been when it was over; 0 where it did not. */
int64_t recording_waited_ns(const struct recording *r, int64_t now_ns);

/* Requests in flight, counted from the slots. */
struct recording_flight {
    int64_t count;
    int64_t oldest_ns; /* age of the oldest, 0 for none */
    int64_t ages_ns;   /* of all */
};
struct recording_flight recording_flight(const struct recording *r, int64_t now_ns);

/* What the lanes have counted so far, and how long requests took. */
struct recording_sums {
    uint64_t completed, failed, bytes_received;
    int64_t service_ns, work_ns, latency_ns; /* of completed ones together */
};
struct recording_sums recording_sum(const struct recording *r);

/* A glance at that measure while a run is on. The caller provides `times`, which is overwritten. */
struct recording_peek {
    uint64_t completed, failed;
    struct histogram *times;
};
void recording_peek(const struct recording *r, enum measure m, struct recording_peek *peek);

/* Everything the lanes hold, added up. Close with recording_totals_close. */
struct recording_totals {
    uint64_t completed, failed, cancelled, unfinished, waited;
    uint64_t retries, redirects, connections_opened, connections_reused, tls_resumed;
    uint64_t bytes_received, bytes_sent, samples_lost;
    uint64_t errors[ERROR_CLASSES];
    uint64_t statuses[RECORDING_STATUSES];
    struct histogram *histograms; /* MEASURES of them */
};
struct recording_totals *recording_totals_open(const struct recording *r);
void recording_totals_close(struct recording_totals *t);

#endif
