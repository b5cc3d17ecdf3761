/* An outside program as simple as can be, for the row `exec`: as many threads as requests may be in flight,
 * each with one libcurl handle, take requests from one counter. */
#include <curl/curl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/failure.h"

#define LINE 512

struct job {
    char **urls;
    int64_t requests;
    _Atomic int64_t next;
    char *body;
    int64_t body_bytes;
};

static const char *variable(const char *name) {
    const char *text = getenv(name);
    return text ? text : "";
}

static long milliseconds(const char *name) {
    return (long)(atof(variable(name)) * 1000);
}

/* The file's bytes with a NUL behind them. */
static char *read_whole(const char *path, int64_t *bytes) {
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END))
        exit(1);
    *bytes = ftell(in);
    rewind(in);
    char *text = calloc((size_t)*bytes + 1, 1);
    if (!text || fread(text, 1, (size_t)*bytes, in) != (size_t)*bytes)
        exit(1);
    fclose(in);
    return text;
}

static size_t count_body(char *data, size_t size, size_t count, void *bytes) {
    (void)data;
    *(int64_t *)bytes += (int64_t)(size * count);
    return size * count;
}

static size_t drop_header(char *data, size_t size, size_t count, void *state) {
    (void)data, (void)state;
    return size * count;
}

static CURL *open_handle(const struct job *job, int64_t *bytes, char *error) {
    bool keeps = strcmp(variable("FETCHBENCH_KEEPALIVE"), "1") == 0;
    CURL *easy = curl_easy_init();
    if (!easy)
        exit(1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, bytes);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, drop_header);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)!keeps);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)!keeps);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds("FETCHBENCH_TIMEOUT"));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds("FETCHBENCH_CONNECT_TIMEOUT"));
    if (job->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, job->body);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)job->body_bytes);
    }
    if (strcmp(variable("FETCHBENCH_METHOD"), "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return easy;
}

/* In one write, so that the lines of several threads stay whole. */
static void tell(CURL *easy, int64_t index, int64_t start_ns, CURLcode code, int64_t bytes,
                 const char *error) {
    char line[LINE];
    long status = 0;
    curl_off_t connected = 0;
    int64_t end_ns = clock_now_ns();
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    const char *class = code ? error_class_name(failure_class(easy, code, connected > 0, error)) : "";
    int length = snprintf(line, sizeof line,
                          "{\"index\":%" PRId64 ",\"start_s\":%.9f,\"end_s\":%.9f,\"status\":%ld,"
                          "\"bytes\":%" PRId64 ",\"error\":\"%s\"}\n",
                          index, (double)start_ns / 1e9, (double)end_ns / 1e9, status, bytes, class);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        exit(1);
}

static void *work(void *argument) {
    struct job *job = argument;
    char error[CURL_ERROR_SIZE];
    int64_t bytes = 0;
    CURL *easy = open_handle(job, &bytes, error);
    for (int64_t i = job->next++; i < job->requests; i = job->next++) {
        int64_t start_ns = clock_now_ns();
        bytes = 0;
        *error = '\0';
        curl_easy_setopt(easy, CURLOPT_URL, job->urls[i]);
        CURLcode code = curl_easy_perform(easy);
        tell(easy, i, start_ns, code, bytes, error);
    }
    curl_easy_cleanup(easy);
    return NULL;
}

static void await_word(void) {
    char word[16];
    if (write(STDOUT_FILENO, "{\"ready\":1}\n", 12) != 12 || read(STDIN_FILENO, word, sizeof word) <= 0)
        exit(1);
}

static void cut_lines(struct job *job, char *text) {
    job->urls = calloc((size_t)job->requests, sizeof *job->urls);
    if (!job->urls)
        exit(1);
    char *rest = NULL, *line = strtok_r(text, "\n", &rest);
    for (int64_t i = 0; i < job->requests; i++, line = strtok_r(NULL, "\n", &rest))
        job->urls[i] = line;
}

static void fire(struct job *job) {
    size_t count = (size_t)atoll(variable("FETCHBENCH_CONCURRENCY"));
    pthread_t *threads = calloc(count, sizeof *threads);
    if (!threads)
        exit(1);
    for (size_t i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, work, job))
            exit(1);
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    free(threads);
}

int main(void) {
    int64_t bytes = 0;
    struct job job = {.requests = atoll(variable("FETCHBENCH_REQUESTS"))};
    char *text = read_whole(variable("FETCHBENCH_URLS"), &bytes);
    if (*variable("FETCHBENCH_BODY"))
        job.body = read_whole(variable("FETCHBENCH_BODY"), &job.body_bytes);
    cut_lines(&job, text);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    await_word();
    fire(&job);
    curl_global_cleanup();
    free(job.body);
    free(job.urls);
    free(text);
    return 0;
}
