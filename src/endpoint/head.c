/* The sizes are libmicrohttpd 0.9.75's, rounded up: a record for each header and cookie. */
#include "endpoint/head.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define RECORD_BYTES ((size_t)64)
#define REST_OF_LINE_BYTES ((size_t)32) /* the method and the version */
#define SMALL_BYTES ((size_t)256)       /* a head of that size fits whatever it is made of */

bool head_may_have_target(size_t target_bytes) {
    return target_bytes + REST_OF_LINE_BYTES + HEAD_SPARE_BYTES <= HEAD_MEMORY_BYTES;
}

static size_t count_records(struct MHD_Connection *connection) {
    int count = MHD_get_connection_values(connection, MHD_HEADER_KIND | MHD_COOKIE_KIND, NULL, NULL);
    return count > 0 ? (size_t)count : 0;
}

bool head_leaves(struct MHD_Connection *connection, size_t answer_bytes) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t bytes = info ? info->header_size : 0;
    if (bytes <= SMALL_BYTES && answer_bytes <= HEAD_SPARE_BYTES + SMALL_BYTES)
        return true;
    const char *cookies = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_COOKIE);
    bytes += count_records(connection) * RECORD_BYTES + (cookies ? strlen(cookies) + 1 : 0);
    return bytes + answer_bytes <= HEAD_MEMORY_BYTES;
}

void head_refuse(struct MHD_Connection *connection, bool is_tls, const char *status, const char *sentence) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info)
        return;
    char answer[HEAD_SPARE_BYTES];
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 %s\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          status, strlen(sentence), sentence);
    if (!is_tls) /* a socket that cannot take this much at once belongs to a client that does not listen */
        (void)send(info->connect_fd, answer, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(info->connect_fd, SHUT_RDWR);
}
