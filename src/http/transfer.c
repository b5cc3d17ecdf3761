/* Easy handles: options, stamps, outcome. Stamps are ours because libcurl's own are cut to microseconds and
 * taken at other moments (PRETRANSFER after the send). */
#include "http/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "http/failure.h"
#include "http/observe.h"
#include "http/setup.h"
#include "http/timelimits.h"

#define FIRST_BAD_STATUS 400
#define INCLUDED_BODY (64 * 1024) /* a smaller one goes out with the head, and is counted in it */

static size_t on_body(char *data, size_t size, size_t count, void *user) {
    struct transfer *t = user;
    if (!t->sample.first_byte_ns)
        t->sample.first_byte_ns = clock_now_ns();
    t->sample.bytes_received += (int64_t)(size * count);
    if (t->body && !body_take(t->body, data, size * count))
        return CURL_WRITEFUNC_ERROR;
    return size * count;
}

static size_t on_header(char *data, size_t size, size_t count, void *user) {
    struct transfer *t = user;
    if (!t->sample.first_byte_ns)
        t->sample.first_byte_ns = clock_now_ns();
    t->sample.header_bytes += (uint32_t)(size * count);
    if (size * count > 5 && strncmp(data, "HTTP/", 5) == 0)
        t->head_ended = false;
    if (size * count <= 2)
        t->head_ended = true;
    observe_header(t->client, t->easy, t->slot, data, size * count);
    return size * count;
}

static int on_send(void *user, char *ip, char *local_ip, int port, int local_port) {
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    struct transfer *t = user;
    if (recording_stopping(t->client->recording))
        return CURL_PREREQFUNC_ABORT;
    t->sample.sent_ns = clock_now_ns();
    t->sample.first_byte_ns = 0; /* of a redirect that is being followed */
    t->sends++;
    return CURL_PREREQFUNC_OK;
}

static int on_progress(void *user, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
                       curl_off_t ulnow) {
    (void)dltotal, (void)dlnow, (void)ultotal, (void)ulnow;
    const struct transfer *t = user;
    return recording_stopping(t->client->recording);
}

static curl_socket_t on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    struct transfer *t = user;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0)
        t->socket_errno = errno;
    else if (t->on_socket)
        t->on_socket(t->on_socket_user, fd);
    return fd;
}

static unsigned set_callbacks(struct transfer *t, enum transfer_stop stop) {
    unsigned bad = 0;
    CURL *e = t->easy;
    bad |= curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    bad |= curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->error_text);
    bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    bad |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    bad |= curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    bad |= curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_send);
    bad |= curl_easy_setopt(e, CURLOPT_PREREQDATA, t);
    bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    bad |= curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
    if (stop == TRANSFER_STOP_BY_DRIVER)
        return bad;
    bad |= curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
    bad |= curl_easy_setopt(e, CURLOPT_XFERINFODATA, t);
    bad |= curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
    return bad;
}

/* Given as text, the address would be taken apart and written anew by libcurl for every request, a sixth of
 * what it spends on one; given in parts it is copied. On that way 7.88 loses an IPv6 address's zone. */
static unsigned set_url(struct transfer *t, const char *text) {
    unsigned bad = 0;
    char *zone = NULL;
    bool in_parts = curl_url_set(t->url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                    curl_url_get(t->url, CURLUPART_ZONEID, &zone, 0) == CURLUE_NO_ZONEID;
    curl_free(zone);
    bad |= curl_easy_setopt(t->easy, CURLOPT_CURLU, in_parts ? t->url : NULL);
    if (!in_parts)
        bad |= curl_easy_setopt(t->easy, CURLOPT_URL, text);
    return bad;
}

/* Gives the handle the addresses of a host that it has not met yet, rather than those of all hosts at its
 * first request, inside the clock. libcurl keeps them as long as the handle or its CURLM lives. */
static unsigned set_host(struct transfer *t, size_t index) {
    uint64_t bit = UINT64_C(1) << (index % 64);
    t->host = &t->client->hosts[index];
    if (!t->host->resolve || t->told[index / 64] & bit)
        return 0;
    t->told[index / 64] |= bit;
    return curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->host->resolve);
}

/* Only the addresses given last before a request are taken up, so where there are several hosts it is left to
 * the first request to say which. */
static unsigned set_first_host(struct transfer *t) {
    t->host = &t->client->hosts[t->client->first_host];
    return t->client->urls->constant ? set_host(t, t->client->first_host) : 0;
}

int transfer_open(struct transfer *t, const struct client *client, size_t slot, enum transfer_stop stop,
                  struct err *err) {
    *t = (struct transfer){.client = client, .slot = slot, .ticket = -1};
    t->easy = curl_easy_init();
    t->url = curl_url();
    if (!t->easy || !t->url) {
        transfer_close(t);
        return err_set(err, ERR_INTERNAL, "libcurl gave no handle for request slot %zu", slot);
    }
    if (body_open(&t->body, client, slot, err)) {
        transfer_close(t);
        return -1;
    }
    if (t->body)
        body_set_url(t->body, client->first_url);
    unsigned bad = set_callbacks(t, stop) | set_url(t, client->first_url) | setup_apply(t->easy, client) |
                   timelimits_apply(t->easy, client, stop == TRANSFER_STOP_BY_POLL) | set_first_host(t);
    if (!bad)
        return 0;
    transfer_close(t);
    return err_set(err, ERR_INTERNAL, "libcurl refused an option of request slot %zu", slot);
}

void transfer_close(struct transfer *t) {
    curl_easy_cleanup(t->easy);
    curl_url_cleanup(t->url);
    body_close(t->body);
    t->easy = NULL;
    t->url = NULL;
    t->body = NULL;
}

/* Nothing but the URL and where it leads differs from request to request. */
static CURLcode vary(struct transfer *t) {
    const struct urls *urls = t->client->urls;
    if (urls->constant)
        return CURLE_OK;
    char text[TEMPLATE_URL_BYTES];
    unsigned bad = set_host(t, urls_target(urls, t->ticket));
    if (t->host->failure)
        return CURLE_COULDNT_RESOLVE_HOST;
    urls_expand(urls, t->ticket, text);
    if (t->body)
        body_set_url(t->body, text);
    return bad | set_url(t, text) ? CURLE_FAILED_INIT : CURLE_OK;
}

CURLcode transfer_begin(struct transfer *t, const struct ticket *ticket) {
    t->ticket = ticket->number;
    t->sends = 0;
    t->head_ended = false;
    t->socket_errno = 0;
    t->redirects = 0;
    t->retried = false;
    t->error_text[0] = '\0';
    int64_t now_ns = clock_now_ns();
    t->sample =
        (struct sample){.due_ns = ticket->due_ns ? ticket->due_ns : now_ns,
                        .start_ns = now_ns,
                        .queue_wait_ns = ticket->queued_ns ? now_ns - ticket->queued_ns : -1,
                        .dns_ns = -1,
                        .connect_ns = -1,
                        .tls_ns = -1,
                        .paced = ticket->due_ns != 0,
                        .waited = ticket->due_ns && t->free_ns > ticket->due_ns && !ticket->found_free,
                        .worker = t->slot & SAMPLE_WORKERS};
    recording_begin(t->client->recording, t->slot, ticket->number, now_ns);
    return vary(t);
}

/* libcurl counts a small body into the request, but not over HTTP/2, where it goes in frames of its own. */
static bool counts_body_apart(const struct transfer *t) {
    const struct plan *plan = t->client->plan;
    long version = 0;
    if (plan->data_bytes >= INCLUDED_BODY || !plan->http2)
        return plan->data_bytes >= INCLUDED_BODY;
    curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
    return plan->data_bytes > 0 && version == CURL_HTTP_VERSION_2_0;
}

static void add_bytes_sent(struct transfer *t) {
    long request_bytes = 0;
    curl_off_t body_bytes = 0;
    curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    if (counts_body_apart(t))
        curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &body_bytes);
    t->sample.bytes_sent += (uint32_t)(request_bytes + body_bytes);
}

/* libcurl counts a request's redirects anew when it is performed again. */
static void add_redirects(struct transfer *t) {
    long followed = 0;
    if (t->client->plan->location &&
        curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_COUNT, &followed) == CURLE_OK)
        t->redirects += (int)followed;
}

static bool died_unanswered(const struct transfer *t, CURLcode code) {
    bool cut = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
    return cut && t->sends && !t->sample.first_byte_ns;
}

bool transfer_retry(struct transfer *t, CURLcode code) {
    long made = 0;
    const struct recording *recording = t->client->recording;
    if (code == CURLE_OK || t->retried || !died_unanswered(t, code) || recording_stopping(recording) ||
        recording_cuts(recording, clock_now_ns()))
        return false;
    if (curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &made) || made > 0)
        return false;
    t->retried = true;
    add_bytes_sent(t);
    add_redirects(t);
    t->error_text[0] = '\0';
    /* Where requests share a connection, those that it took down share the next one too. */
    if (!t->client->plan->http2)
        curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
    return true;
}

CURLcode transfer_perform(struct transfer *t) {
    timelimits_renew(t->easy, t->client);
    CURLcode code = curl_easy_perform(t->easy);
    if (!transfer_retry(t, code))
        return code;
    timelimits_renew(t->easy, t->client);
    return curl_easy_perform(t->easy);
}

/* The phases of making a connection, known only when one was made. */
static void read_connection(struct transfer *t) {
    long made = 0;
    if (curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &made) || made == 0)
        return;
    t->sample.connections = (uint8_t)(made > 255 ? 255 : made);
    if (t->sends > 1)
        return; /* libcurl's times are then sums over both */
    curl_off_t lookup_us = 0, connect_us = 0, tls_us = 0;
    curl_easy_getinfo(t->easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup_us);
    curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    curl_easy_getinfo(t->easy, CURLINFO_APPCONNECT_TIME_T, &tls_us);
    if (connect_us > 0 && t->client->resolves_each)
        t->sample.dns_ns = lookup_us * 1000;
    if (connect_us > 0)
        t->sample.connect_ns = (connect_us - lookup_us) * 1000;
    if (tls_us > 0)
        t->sample.tls_ns = (tls_us - connect_us) * 1000;
}

static void read_answer(struct transfer *t) {
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->sample.status = (uint16_t)(status > 0 && status < RECORDING_STATUSES ? status : 0);
    add_bytes_sent(t);
    add_redirects(t);
    unsigned redirects = (unsigned)t->redirects;
    unsigned retries = t->sends > t->redirects ? (unsigned)t->sends - redirects - 1 : 0;
    t->sample.retries = retries & SAMPLE_RETRIES;
    t->sample.redirects = redirects & SAMPLE_REDIRECTS;
    if (t->client->plan->compressed)
        curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &t->sample.bytes_received);
}

static void record(struct transfer *t, size_t lane, const char *example) {
    int64_t ticket = t->ticket;
    t->ticket = -1;
    t->free_ns = t->sample.end_ns + t->sample.work_ns;
    recording_put(t->client->recording, lane, t->slot, ticket, &t->sample, example);
}

/* What is wrong with an answer that libcurl has nothing to say against; ERROR_NONE for nothing. */
static enum error_class judge_answer(const struct transfer *t, char *example, size_t size) {
    if (!t->head_ended) {
        snprintf(example, size, "the connection was closed within the head of the answer");
        return ERROR_TRUNCATED;
    }
    if (!t->client->plan->fail_status || t->sample.status < FIRST_BAD_STATUS)
        return ERROR_NONE;
    snprintf(example, size, "HTTP %d", t->sample.status);
    return ERROR_HTTP_STATUS;
}

static enum error_class judge_failure(const struct transfer *t, CURLcode code, char *example, size_t size) {
    enum error_class class = t->body ? body_judge(t->body, example, size) : ERROR_NONE;
    if (class != ERROR_NONE)
        return class;
    failure_example(code, t->error_text, example, size);
    if (recording_stopping(t->client->recording) && code == CURLE_ABORTED_BY_CALLBACK)
        return ERROR_CANCELLED;
    if (t->socket_errno == EMFILE || t->socket_errno == ENFILE)
        return ERROR_TOO_MANY_FILES;
    return failure_class(t->easy, code, t->sample.sent_ns != 0, t->error_text);
}

/* Saving is part of the request: it ends with the file in its place. Work comes after it and has a time of
 * its own. */
static enum error_class use_body(struct transfer *t, char *example, size_t size) {
    enum error_class class = ERROR_NONE;
    if (t->client->plan->save) {
        class = body_keep(t->body, example, size);
        t->sample.end_ns = clock_now_ns();
    }
    if (class != ERROR_NONE || !body_is_used(t->body))
        return class;
    char *redirected = NULL; /* without a redirect, 7.88 has here the URL of the handle's first request */
    if (t->redirects)
        curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &redirected);
    class = body_use(t->body, redirected, example, size);
    t->sample.work_ns = clock_now_ns() - t->sample.end_ns;
    return class;
}

static void forget_body(struct transfer *t) {
    if (t->body)
        body_forget(t->body);
}

/* Of a request that came to no end by itself. */
static void break_off(struct transfer *t, enum error_class class, size_t lane) {
    read_connection(t);
    read_answer(t);
    t->sample.error = (uint8_t) class;
    forget_body(t);
    record(t, lane, NULL);
}

/* True when the run was over before the request was, which is then recorded as in flight at that moment. */
static bool cut_off(struct transfer *t, size_t lane) {
    const struct recording *recording = t->client->recording;
    if (!recording_cuts(recording, t->sample.end_ns))
        return false;
    struct sample *s = &t->sample;
    int64_t cut_ns = recording->facts->cut_ns;
    s->end_ns = cut_ns > s->start_ns ? cut_ns : s->start_ns;
    if (s->sent_ns > s->end_ns)
        s->sent_ns = 0;
    if (s->first_byte_ns > s->end_ns)
        s->first_byte_ns = 0;
    break_off(t, ERROR_UNFINISHED, lane);
    return true;
}

void transfer_finish(struct transfer *t, CURLcode code, size_t lane) {
    char example[RECORDING_EXAMPLE];
    t->sample.end_ns = clock_now_ns();
    if (t->host->failure) { /* libcurl knows nothing of it */
        t->sample.error = (uint8_t)t->host->failure;
        t->sample.foreseen = true;
        record(t, lane, t->host->why);
        return;
    }
    if (t->retried && !t->client->plan->no_keepalive)
        curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 0L);
    if (cut_off(t, lane))
        return;
    read_connection(t);
    read_answer(t);
    enum error_class class = code == CURLE_OK ? judge_answer(t, example, sizeof example)
                                              : judge_failure(t, code, example, sizeof example);
    if (t->body && class == ERROR_NONE)
        class = use_body(t, example, sizeof example);
    forget_body(t);
    t->sample.error = (uint8_t) class;
    record(t, lane, class == ERROR_NONE ? NULL : example);
}

void transfer_cancel(struct transfer *t, size_t lane) {
    t->sample.end_ns = clock_now_ns();
    if (!cut_off(t, lane))
        break_off(t, ERROR_CANCELLED, lane);
}
