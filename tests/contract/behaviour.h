/* What each server does, as data. */
#ifndef FETCHBENCH_TESTS_CONTRACT_BEHAVIOUR_H
#define FETCHBENCH_TESTS_CONTRACT_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server.h"

/* What follows the last byte of an answer. */
enum ending { KEEP, CLOSE, RESET, HOLD };

struct row {
    const char *head; /* NULL: not a byte is answered */
    const char *body;
    int repeat;        /* of the body; 0 is 1 */
    int64_t delivered; /* body bytes less their coding; 0: all that is sent */
    int status;
    enum ending ending;
    int quota; /* answers that a connection gives before `late` */
    enum ending late;
    bool at_request; /* `late` comes with the request after them */
    int delay_ms;
    bool by_byte, only_first;
    bool echo; /* the body is server_echo of the key */
};

const struct row *behaviour_row(enum behaviour behaviour);

/* How often the body's text is sent. */
size_t behaviour_repeats(const struct row *row);

#endif
