/* The shared part of the yardsticks; nothing here runs between two requests. */
#include "bare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        perror("setrlimit");
}

static long positive(const char *text) {
    char *end = NULL;
    long value = strtol(text, &end, 10);
    return *text && !*end ? value : 0;
}

void bare_open(struct bare_task *task, int argc, char **argv) {
    *task = (struct bare_task){.multis = 1};
    if (argc == 6 && strcmp(argv[4], "--multis") == 0)
        task->multis = positive(argv[5]);
    if (argc == 4 || argc == 6) {
        task->url = argv[1];
        task->requests = positive(argv[2]);
        task->connections = positive(argv[3]);
    }
    if (task->requests < 1 || task->connections < 1 || task->multis < 1 || task->multis > task->connections) {
        fprintf(stderr, "usage: %s URL N C [--multis M]\n", argv[0]);
        exit(2);
    }
    raise_descriptor_limit();
    task->start_ns = now_ns();
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int bare_report(const struct bare_task *task, long failed) {
    double wall_s = (double)(now_ns() - task->start_ns) / 1e9;
    struct rusage used = {0};
    if (getrusage(RUSAGE_SELF, &used))
        perror("getrusage");
    double cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
    printf("{\"requests\": %ld, \"failed\": %ld, \"wall_s\": %.6f, \"cpu_us_per_request\": %.3f}\n",
           task->requests, failed, wall_s, cpu_s * 1e6 / (double)task->requests);
    return fflush(stdout) || failed ? 1 : 0;
}
