/* Small HTTP servers, each in a process of its own on an ephemeral port of 127.0.0.1, good or hostile in one
 * way, that write down in shared memory what they saw. */
#ifndef FETCHBENCH_TESTS_CONTRACT_SERVER_H
#define FETCHBENCH_TESTS_CONTRACT_SERVER_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define SERVER_KEYS 4096

enum behaviour {
    SERVE_OK,
    SERVE_CHUNKED,
    SERVE_TO_CLOSE, /* the body ends with the connection */
    SERVE_NO_CONTENT,
    SERVE_NOT_FOUND,
    SERVE_BROKEN,  /* 500 */
    SERVE_INTERIM, /* 103 before 200 */
    SERVE_LARGE,   /* 1 MiB */
    SERVE_SLOWLY,
    SERVE_BYTE_BY_BYTE,
    SERVE_ECHO,            /* server_echo of the request's key */
    SERVE_THEN_CLOSE,      /* closes after every third answer, unsaid */
    SERVE_THEN_CLOSE_LATE, /* closes a connection that gave three answers when the next request comes */
    SERVE_ONCE_THEN_CLOSE_LATE,
    SERVE_THEN_RESET_LATE,
    SERVE_FIRST_ALONE, /* answers request 0 and resets the others */
    SERVE_REFUSAL,
    SERVE_NO_ACCEPT,
    SERVE_RESET,
    SERVE_RESET_HALFWAY,
    SERVE_CLOSE,
    SERVE_CLOSE_IN_HEAD,
    SERVE_CLOSE_HALFWAY,
    SERVE_CLOSE_IN_CHUNK,
    SERVE_GARBAGE,
    SERVE_BAD_STATUS_LINE,
    SERVE_BAD_CHUNK,
    SERVE_SILENCE,
    SERVE_HALF_THEN_SILENCE,
    SERVE_BEHAVIOURS
};

/* Requests are told apart by the number after "key=" in their URL. */
struct server_log {
    _Atomic uint32_t answered[SERVER_KEYS];
    _Atomic int64_t requests;  /* received whole */
    _Atomic int64_t strangers; /* of them, without a key */
    _Atomic int64_t answers;   /* given, or begun by those that break off */
    _Atomic int64_t connections;
    _Atomic int64_t killed; /* connections that died of a request after the first */
    _Atomic int64_t request_bytes;
};

struct server {
    pid_t pid;
    int port;
    enum behaviour behaviour;
    struct server_log *log;
};

/* 0, or -1 with errno. */
int server_open(struct server *s, enum behaviour behaviour);
/* Ends the process and waits for it. */
void server_close(struct server *s);

/* Bytes of the body and of everything before it in one whole answer. */
int64_t server_body_bytes(enum behaviour behaviour);
int64_t server_head_bytes(enum behaviour behaviour);
int server_status(enum behaviour behaviour);

#define SERVER_ECHO_BYTES 32

/* What SERVE_ECHO answers to a key: as httpbin does, with blanks behind it so that all are of one length. */
void server_echo(int64_t key, char out[SERVER_ECHO_BYTES + 1]);

#endif
