/* The table of servers, good and hostile. */
#include "behaviour.h"

#include <stdio.h>
#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define SIZED(n) OK "Content-Length: " n "\r\n\r\n"

static const struct row rows[SERVE_BEHAVIOURS] = {
    [SERVE_OK] = {.head = SIZED("5"), .body = "hello", .status = 200},
    [SERVE_CHUNKED] = {.head = CHUNKED,
                       .body = "5\r\nhello\r\n7;name=value\r\n, there\r\n0\r\nTrailer: here\r\n\r\n",
                       .delivered = 12,
                       .status = 200},
    [SERVE_TO_CLOSE] = {.head = OK "\r\n", .body = "until the end", .status = 200, .ending = CLOSE},
    [SERVE_NO_CONTENT] = {.head = "HTTP/1.1 204 No Content\r\n\r\n", .body = "", .status = 204},
    [SERVE_NOT_FOUND] = {.head = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n",
                         .body = "none",
                         .status = 404},
    [SERVE_BROKEN] = {.head = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", .body = "", .status = 500},
    [SERVE_INTERIM] = {.head = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK
                               "Server: contract\r\nContent-Length: 5\r\n\r\n",
                       .body = "hello",
                       .status = 200},
    [SERVE_LARGE] = {.head = SIZED("1048576"), .body = "0123456789abcdef", .repeat = 65536, .status = 200},
    [SERVE_SLOWLY] = {.head = SIZED("5"), .body = "hello", .status = 200, .delay_ms = 30},
    [SERVE_BYTE_BY_BYTE] = {.head = SIZED("2"), .body = "ok", .status = 200, .by_byte = true},
    [SERVE_ECHO] =
        {.head = SIZED("32"), .body = " ", .repeat = SERVER_ECHO_BYTES, .status = 200, .echo = true},
    [SERVE_THEN_CLOSE] = {.head = SIZED("5"), .body = "hello", .status = 200, .quota = 3, .late = CLOSE},
    [SERVE_THEN_CLOSE_LATE] =
        {.head = SIZED("5"), .body = "hello", .status = 200, .quota = 3, .late = CLOSE, .at_request = true},
    [SERVE_ONCE_THEN_CLOSE_LATE] =
        {.head = SIZED("5"), .body = "hello", .status = 200, .quota = 1, .late = CLOSE, .at_request = true},
    [SERVE_THEN_RESET_LATE] =
        {.head = SIZED("5"), .body = "hello", .status = 200, .quota = 3, .late = RESET, .at_request = true},
    [SERVE_FIRST_ALONE] = {.head = SIZED("5"), .body = "hello", .status = 200, .only_first = true},
    [SERVE_RESET] = {.ending = RESET},
    [SERVE_RESET_HALFWAY] =
        {.head = SIZED("1000"), .body = "some", .repeat = 100, .status = 200, .ending = RESET},
    [SERVE_CLOSE] = {.ending = CLOSE},
    [SERVE_CLOSE_IN_HEAD] = {.head = "HTTP/1.1 200 OK\r\nContent-Le",
                             .body = "",
                             .status = 200,
                             .ending = CLOSE},
    [SERVE_CLOSE_HALFWAY] =
        {.head = SIZED("1000"), .body = "some", .repeat = 100, .status = 200, .ending = CLOSE},
    [SERVE_CLOSE_IN_CHUNK] =
        {.head = CHUNKED, .body = "20\r\nnot so long", .delivered = 11, .status = 200, .ending = CLOSE},
    [SERVE_GARBAGE] = {.head = "220 mail.example ready\r\n", .body = "", .ending = CLOSE},
    [SERVE_BAD_STATUS_LINE] = {.head = "HTTP/1.1 fine\r\nContent-Length: 0\r\n\r\n",
                               .body = "",
                               .ending = CLOSE},
    [SERVE_BAD_CHUNK] = {.head = CHUNKED, .body = "zz\r\nhello\r\n", .status = 200, .ending = HOLD},
    [SERVE_SILENCE] = {.ending = HOLD},
    [SERVE_HALF_THEN_SILENCE] =
        {.head = SIZED("1000"), .body = "some", .repeat = 100, .status = 200, .ending = HOLD},
};

size_t behaviour_repeats(const struct row *row) {
    return row->repeat ? (size_t)row->repeat : 1;
}

int64_t server_body_bytes(enum behaviour behaviour) {
    const struct row *row = &rows[behaviour];
    if (row->delivered || !row->body)
        return row->delivered;
    return (int64_t)(strlen(row->body) * behaviour_repeats(row));
}

int64_t server_head_bytes(enum behaviour behaviour) {
    return rows[behaviour].head ? (int64_t)strlen(rows[behaviour].head) : 0;
}

int server_status(enum behaviour behaviour) {
    return rows[behaviour].status;
}

const struct row *behaviour_row(enum behaviour behaviour) {
    return &rows[behaviour];
}

void server_echo(int64_t key, char out[SERVER_ECHO_BYTES + 1]) {
    char json[SERVER_ECHO_BYTES + 1];
    snprintf(json, sizeof json, "{\"args\":{\"key\":\"%d\"}}", (int)key);
    snprintf(out, SERVER_ECHO_BYTES + 1, "%-*s", SERVER_ECHO_BYTES, json);
}
