/* A run that goes by word. Each side writes what it says into the shared mapping and then wakes the other. */
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wait.h"
#include "record/recording.h"

static void wake(int fd) {
    uint64_t one = 1;
    /* Full only when it is readable already, which is all that matters. */
    if (write(fd, &one, sizeof one) < 0)
        return;
}

void recording_start_by_word(struct recording *r) {
    r->facts->starts_by_word = 1;
}

bool recording_take_ready(struct recording *r) {
    uint64_t told = 0;
    return read(r->ready_fd, &told, sizeof told) == (ssize_t)sizeof told;
}

void recording_start_at(struct recording *r, int64_t start_ns) {
    r->facts->start_ns = start_ns;
    wake(r->word_fd);
}

static void await_word(const struct recording *r) {
    struct pollfd fds[] = {{.fd = r->stop_fd, .events = POLLIN}, {.fd = r->word_fd, .events = POLLIN}};
    while (!r->facts->start_ns && !recording_stopping(r))
        poll(fds, 2, -1);
}

bool recording_await_start(struct recording *r) {
    struct run_facts *f = r->facts;
    if (!f->starts_by_word)
        return true;
    if (recording_stopping(r))
        return false;
    int64_t ready_ns = clock_now_ns();
    f->ready_ns = ready_ns;
    wake(r->ready_fd);
    await_word(r);
    bool goes = f->start_ns && wait_until(r->stop_fd, f->start_ns) && !recording_stopping(r);
    f->waited_ns = clock_now_ns() - ready_ns;
    return goes;
}

int64_t recording_waited_ns(const struct recording *r, int64_t now_ns) {
    const struct run_facts *f = r->facts;
    int64_t ready_ns = f->ready_ns, waited_ns = f->waited_ns;
    bool waits = ready_ns && !waited_ns && now_ns > ready_ns;
    return waits ? now_ns - ready_ns : waited_ns;
}
