/* The listening socket is made before the fork, so its address is known and connections wait rather than
 * fail. */
#include "cli/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "endpoint/endpoint.h"

static _Noreturn void serve(struct endpoint *endpoint, int stop_fd, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    int failed = endpoint_run(endpoint, stop_fd, NULL);
    endpoint_close(endpoint);
    _exit(failed ? 1 : 0);
}

/* Forks the process that serves. Takes the endpoint over. */
static int fork_server(struct embedded *e, struct endpoint *endpoint, struct err *err) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) {
        endpoint_close(endpoint);
        return err_set_errno(err, "cannot make a pipe");
    }
    pid_t parent = getpid();
    fflush(NULL);
    e->pid = fork();
    if (e->pid == 0) {
        close(ends[1]);
        serve(endpoint, ends[0], parent);
    }
    close(ends[0]);
    endpoint_close(endpoint);
    e->stop_fd = ends[1];
    if (e->pid > 0)
        return 0;
    e->pid = 0;
    close(ends[1]);
    return err_set_errno(err, "cannot start the embedded endpoint");
}

int embedded_start(struct embedded *e, struct err *err) {
    void *shared = mmap(NULL, sizeof *e->served, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return err_set_errno(err, "cannot share a counter with the embedded endpoint");
    e->served = shared;
    struct endpoint_options options = {.listen = "127.0.0.1:0", .served = e->served};
    struct endpoint *endpoint = NULL;
    if (endpoint_open(&endpoint, &options, err))
        return err_prefix(err, "the embedded endpoint cannot start");
    endpoint_address(endpoint, e->address);
    return fork_server(e, endpoint, err);
}

void embedded_stop(struct embedded *e) {
    if (e->pid) {
        close(e->stop_fd);
        while (waitpid(e->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (e->served)
        munmap(e->served, sizeof *e->served);
    *e = (struct embedded){0};
}
