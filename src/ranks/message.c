#include "ranks/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"

#define LONGEST (128 << 10) /* over a socket: heads, names and sentences */

struct packet *packet_make(const struct message *head, const void *text, size_t length, size_t *size) {
    struct packet *p = memory_zalloc(1, sizeof *p + length + 1);
    p->head = *head;
    p->head.mark = MESSAGE_MARK;
    if (length)
        memcpy(p->text, text, length);
    *size = sizeof *p + length;
    return p;
}

int packet_is_sound(const struct packet *p, size_t size) {
    return size >= sizeof *p && p->head.mark == MESSAGE_MARK && p->head.kind <= MESSAGE_BYE;
}

int message_send(int fd, const struct message *head, const void *text, size_t length) {
    size_t size;
    struct packet *p = packet_make(head, text, length < LONGEST ? length : LONGEST, &size);
    /* of how far it is there is always later news, for which a worker does not wait on a stopped conductor */
    int flags = head->kind == MESSAGE_PROGRESS ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL;
    ssize_t sent;
    do
        sent = send(fd, p, size, flags);
    while (sent < 0 && errno == EINTR);
    free(p);
    return sent == (ssize_t)size ? 0 : -1;
}

struct packet *message_receive(int fd, size_t *length) {
    struct packet *p = memory_zalloc(1, sizeof *p + LONGEST + 1);
    ssize_t got;
    do /* that the other side went without reading all is told before what it said */
        got = recv(fd, p, sizeof *p + LONGEST, 0);
    while (got < 0 && (errno == EINTR || errno == ECONNRESET));
    if (got > 0 && packet_is_sound(p, (size_t)got)) {
        *length = (size_t)got - sizeof *p;
        return p;
    }
    free(p);
    return NULL;
}
