/* The process that a launcher started, once its worker is there: it passes on what rank 0 and the worker have
 * to tell each other, and on rank 0 keeps all in step. It never measures: while a run is on it looks about
 * every 20 ms, and waits for nobody. One thread. */
#ifndef FETCHBENCH_RANKS_CONDUCTOR_H
#define FETCHBENCH_RANKS_CONDUCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ranks/hub.h"
#include "ranks/transport.h"

struct conductor {
    const struct transport *transport;
    int worker_fd; /* the worker's socket; closed by conductor_close */
    pid_t worker;
    uint64_t digest;          /* of the words this rank was started with: conductor_digest */
    struct hub_orders orders; /* on rank 0 */
    struct hub_owner owner;   /* on rank 0, but for `give` */

    /* From here on its own; what came of it stands here. */
    struct hub *hub; /* NULL but on rank 0 */
    char host[256];
    char report[4096]; /* the file of the worker's report, "" as long as it is not known */
    int64_t status;    /* that rank 0 told all at the end; -1: not told */
    int64_t signal;    /* that ended it, 0: none */
    bool announced;    /* of which only the launcher's announcement came yet */
    bool heard;        /* anything of rank 0: it may first have long lists to read */
    bool lost;         /* rank 0 was not heard of any more */
    bool all;          /* every rank is there to the end */
    bool temporary;    /* the report is in a folder of its own, for its caller to remove: */
    bool gathered;     /* all reports are in the whole; on rank 0 for its caller to say */
    bool worker_ended, worker_told, told_stop;
    int64_t quick_until_ns, heard_ns, next_sign_ns, stop_by_ns, away_until_ns;
};

/* Of the words after the program's name. */
uint64_t conductor_digest(int argc, char **argv);

/* Of a conductor with what stands before its own. */
void conductor_open(struct conductor *c);

/* To be called after interrupt_install. Until, on rank 0, a report or the loss of every rank was told to the
 * owner; or, on another, rank 0 said how it ended or was lost. */
void conductor_run(struct conductor *c);

/* Ends the worker, should it still be there, and the transport, on rank 0 telling the others the status. The
 * process is to end next, by _exit. */
void conductor_close(struct conductor *c, int64_t status);

#endif
