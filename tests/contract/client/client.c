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

#include "base/buf.h"
#include "base/clock.h"
#include "http/digest.h"
#include "http/failure.h"
#include "http/json.h"
#include "plan/bodywork.h"

#define LINE 512
#define BODY_LIMIT ((size_t)1 << 26)

struct job {
    char **urls;
    int64_t requests;
    _Atomic int64_t next;
    char *body;
    int64_t body_bytes;
    struct bodywork work;
};

/* What one thread has of the answer under way. */
struct answer {
    const struct job *job;
    struct digest digest;
    struct buf body; /* kept where there is work to do on it */
    int64_t bytes;
    int64_t end_ns, work_ns; /* once it has ended */
    enum error_class error;
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

static size_t take_body(char *data, size_t size, size_t count, void *state) {
    struct answer *a = state;
    a->bytes += (int64_t)(size * count);
    if (a->job->work.kind != BODYWORK_NONE)
        buf_append(&a->body, data, size * count);
    return size * count;
}

/* What --work asks for. */
static bool work_on(struct answer *a) {
    unsigned char made[DIGEST_BYTES];
    char why[80];
    bool done = true;
    for (int64_t i = 0; i < a->job->work.times && a->job->work.kind == BODYWORK_SHA256 && done; i++)
        done = digest_make(&a->digest, buf_text(&a->body), a->body.length, made);
    if (a->job->work.kind != BODYWORK_JSON)
        return done;
    cJSON *document = json_parse(buf_text(&a->body), a->body.length, why, sizeof why);
    cJSON_Delete(document);
    return document != NULL;
}

static void end_answer(struct answer *a, CURL *easy, CURLcode code, const char *error) {
    curl_off_t connected = 0;
    a->end_ns = clock_now_ns();
    a->work_ns = 0;
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    a->error = code ? failure_class(easy, code, connected > 0, error) : ERROR_NONE;
    if (code || a->job->work.kind == BODYWORK_NONE)
        return;
    a->error = work_on(a) ? ERROR_NONE : ERROR_WORK;
    a->work_ns = clock_now_ns() - a->end_ns;
}

static size_t drop_header(char *data, size_t size, size_t count, void *state) {
    (void)data, (void)state;
    return size * count;
}

static CURL *open_handle(const struct job *job, struct answer *answer, char *error) {
    bool keeps = strcmp(variable("FETCHBENCH_KEEPALIVE"), "1") == 0;
    CURL *easy = curl_easy_init();
    if (!easy)
        exit(1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
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
static void tell(CURL *easy, int64_t index, int64_t start_ns, const struct answer *a) {
    char line[LINE], work[LINE / 4] = "";
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (a->work_ns)
        snprintf(work, sizeof work, ",\"work_s\":%.9f", (double)a->work_ns / 1e9);
    int length = snprintf(line, sizeof line,
                          "{\"index\":%" PRId64 ",\"start_s\":%.9f,\"end_s\":%.9f,\"status\":%ld,"
                          "\"bytes\":%" PRId64 ",\"error\":\"%s\"%s}\n",
                          index, (double)start_ns / 1e9, (double)a->end_ns / 1e9, status, a->bytes,
                          error_class_name(a->error), work);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        exit(1);
}

static void *work(void *argument) {
    struct job *job = argument;
    struct answer answer = {.job = job};
    char error[CURL_ERROR_SIZE];
    CURL *easy = open_handle(job, &answer, error);
    buf_init(&answer.body, BODY_LIMIT);
    if (digest_init(&answer.digest, NULL))
        exit(1);
    for (int64_t i = job->next++; i < job->requests; i = job->next++) {
        int64_t start_ns = clock_now_ns();
        answer.bytes = 0;
        buf_clear(&answer.body);
        *error = '\0';
        curl_easy_setopt(easy, CURLOPT_URL, job->urls[i]);
        CURLcode code = curl_easy_perform(easy);
        end_answer(&answer, easy, code, error);
        tell(easy, i, start_ns, &answer);
    }
    curl_easy_cleanup(easy);
    digest_fini(&answer.digest);
    buf_fini(&answer.body);
    return NULL;
}

static void await_word(const struct job *job) {
    char word[16], work[BODYWORK_TEXT];
    if (printf("{\"ready\":1,\"work\":\"%s\"}\n", bodywork_write(&job->work, work)) < 0 || fflush(stdout))
        exit(1);
    if (read(STDIN_FILENO, word, sizeof word) <= 0)
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
    if (*variable("FETCHBENCH_WORK") &&
        bodywork_read(variable("FETCHBENCH_WORK"), "FETCHBENCH_WORK", &job.work, NULL))
        return 1;
    cut_lines(&job, text);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    await_word(&job);
    fire(&job);
    curl_global_cleanup();
    free(job.body);
    free(job.urls);
    free(text);
    return 0;
}
