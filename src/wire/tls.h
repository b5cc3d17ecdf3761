/* TLS of the raw engine's connections by OpenSSL, apart from their sockets: it is given the bytes that came
 * and keeps those that are to go. Verification, SNI and ALPN as libcurl has them; sessions are resumed. One
 * thread has a client and all its connections. */
#ifndef FETCHBENCH_WIRE_TLS_H
#define FETCHBENCH_WIRE_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/client.h"
#include "http/response.h"

struct tls_client;
struct tls;

/* 0, or -1 with err filled: a client certificate or key that cannot be used. */
int tls_client_open(struct tls_client **out, const struct client *c, struct err *err);
void tls_client_close(struct tls_client *c); /* NULL does nothing */

/* A connection to one of the plan's targets, which offers the session kept of that target. NULL when memory
 * has run out. */
struct tls *tls_open(struct tls_client *c, size_t target);
void tls_close(struct tls *t); /* NULL does nothing */

enum tls_step { TLS_MORE, TLS_READY, TLS_CLOSED, TLS_FAILED };

/* Bytes that came, borrowed until a step has said TLS_MORE, which it says only when all were taken. */
void tls_give(struct tls *t, const char *data, size_t length);

/* The handshake's next step; TLS_READY: it is over. Bytes may be to go after every step. */
enum tls_step tls_shake(struct tls *t);

/* TLS_READY: *plain has the next bytes, which live until the next call on any connection of the client;
 * TLS_CLOSED: the server has said that it sends no more. */
enum tls_step tls_read(struct tls *t, struct response_span *plain);

/* Encrypts all of that, adding it to what is to go. False on failure. */
bool tls_write(struct tls *t, const char *data, size_t length);

/* Adds the alert that says that nothing more will be sent. */
void tls_end(struct tls *t);

/* Takes the bytes that are to go, which live until the next take; length 0: none. */
struct response_span tls_take(struct tls *t);

/* Why a step failed: its class, with example filled. */
enum error_class tls_why(const struct tls *t, char *example, size_t size);

bool tls_resumed(const struct tls *t);
const char *tls_version(const struct tls *t);
const char *tls_cipher(const struct tls *t);

#endif
