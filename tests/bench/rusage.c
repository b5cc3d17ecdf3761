/* Runs a program to its end and writes down what it and the children it waited for took. The kernel counts
 * into a program's peak memory that of whoever started it, and this is smaller than any client, as a script's
 * interpreter is not.
 *
 * rusage FILE COMMAND [ARGUMENT...]: the figures, JSON, go to FILE; ends as COMMAND did, or with 128 + its
 * signal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "rusage: %s: %s\n", what, strerror(errno));
    exit(126);
}

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static pid_t start(char **command) {
    pid_t pid = fork();
    if (pid < 0) {
        give_up("fork");
    }
    if (pid == 0) {
        execvp(command[0], command);
        give_up(command[0]);
    }
    return pid;
}

static void write_figures(const char *path, const struct rusage *usage, double wall_s) {
    FILE *file = fopen(path, "w");
    if (!file) {
        give_up(path);
    }
    fprintf(file,
            "{\"cpu_user_s\": %.6f, \"cpu_system_s\": %.6f, \"wall_s\": %.6f, \"max_rss_bytes\": %ld}\n",
            seconds(usage->ru_utime), seconds(usage->ru_stime), wall_s, usage->ru_maxrss * 1024);
    if (fclose(file) != 0) {
        give_up(path);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: %s FILE COMMAND [ARGUMENT...]\n", argv[0]);
        return 2;
    }
    double started_s = now_s();
    pid_t pid = start(argv + 2);
    int status;
    struct rusage usage;
    while (wait4(pid, &status, 0, &usage) < 0) {
        if (errno != EINTR) {
            give_up("wait4");
        }
    }
    write_figures(argv[1], &usage, now_s() - started_s);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
