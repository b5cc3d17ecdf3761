/* Not there yet. */
#include "wire/tls.h"

int tls_client_open(struct tls_client **out, const struct client *c, struct err *err) {
    (void)c;
    *out = NULL;
    return err_set(err, ERR_INTERNAL, "raw has no TLS yet");
}
void tls_client_close(struct tls_client *c) {
    (void)c;
}
struct tls *tls_open(struct tls_client *c, size_t target) {
    (void)c, (void)target;
    return NULL;
}
void tls_close(struct tls *t) {
    (void)t;
}
void tls_give(struct tls *t, const char *data, size_t length) {
    (void)t, (void)data, (void)length;
}
enum tls_step tls_shake(struct tls *t) {
    (void)t;
    return TLS_FAILED;
}
enum tls_step tls_read(struct tls *t, struct response_span *plain) {
    (void)t, (void)plain;
    return TLS_FAILED;
}
bool tls_write(struct tls *t, const char *data, size_t length) {
    (void)t, (void)data, (void)length;
    return false;
}
struct response_span tls_take(struct tls *t) {
    (void)t;
    return (struct response_span){0};
}
enum error_class tls_why(const struct tls *t, char *example, size_t size) {
    (void)t, (void)example, (void)size;
    return ERROR_TLS;
}
bool tls_resumed(const struct tls *t) {
    (void)t;
    return false;
}
const char *tls_version(const struct tls *t) {
    (void)t;
    return "";
}
const char *tls_cipher(const struct tls *t) {
    (void)t;
    return "";
}
