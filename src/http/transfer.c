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

#define INCLUDED_BODY (64 * 1024) /* a smaller one goes out with the head, and is counted in it */

static size_t on_body(char *data, size_t size, size_t count, void *user) {
    struct transfer *t = user;
    if (!t->flight.sample.first_byte_ns)
        t->flight.sample.first_byte_ns = clock_now_ns();
    t->flight.sample.bytes_received += (int64_t)(size * count);
    if (t->flight.body && !body_take(t->flight.body, data, size * count))
        return CURL_WRITEFUNC_ERROR;
    return size * count;
}

static size_t on_header(char *data, size_t size, size_t count, void *user) {
    struct transfer *t = user;
    if (!t->flight.sample.first_byte_ns)
        t->flight.sample.first_byte_ns = clock_now_ns();
    t->flight.sample.header_bytes += (uint32_t)(size * count);
    if (size * count > 5 && memcmp(data, "HTTP/", 5) == 0)
        t->head_ended = false;
    if (size * count <= 2)
        t->head_ended = true;
    if (!observe_is_done(t->flight.client))
        observe_header(t->flight.client, t->easy, t->flight.slot, data, size * count);
    return size * count;
}

static int on_send(void *user, char *ip, char *local_ip, int port, int local_port) {
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    struct transfer *t = user;
    if (recording_stopping(t->flight.client->recording))
        return CURL_PREREQFUNC_ABORT;
    t->flight.sample.sent_ns = clock_now_ns();
    t->flight.sample.first_byte_ns = 0; /* of a redirect that is being followed */
    if (t->flight.client->uses_tls)
        t->flight.sample.resumed = observe_resumed(t->easy);
    t->sends++;
    return CURL_PREREQFUNC_OK;
}

static int on_progress(void *user, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
                       curl_off_t ulnow) {
    (void)dltotal, (void)dlnow, (void)ultotal, (void)ulnow;
    const struct transfer *t = user;
    return recording_stopping(t->flight.client->recording);
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
    t->flight.host = &t->flight.client->hosts[index];
    if (!t->flight.host->resolve || t->told[index / 64] & bit)
        return 0;
    t->told[index / 64] |= bit;
    return curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->flight.host->resolve);
}

/* Only the addresses given last before a request are taken up, so where there are several hosts it is left to
 * the first request to say which. */
static unsigned set_first_host(struct transfer *t) {
    t->flight.host = &t->flight.client->hosts[t->flight.client->first_host];
    return t->flight.client->urls->constant ? set_host(t, t->flight.client->first_host) : 0;
}

/* A handle that is performed by itself has a CURLM and a wake-up pair of its own, which libcurl makes when it
 * is first performed. That is this time, outside the clock, as a driver's CURLMs are: without a URL it fails
 * before it has done anything else. */
static void make_ready(CURL *easy) {
    curl_easy_perform(easy);
}

int transfer_open(struct transfer *t, const struct client *client, size_t slot, enum transfer_stop stop,
                  struct err *err) {
    *t = (struct transfer){0};
    if (flight_open(&t->flight, client, slot, err))
        return -1;
    t->easy = curl_easy_init();
    t->url = curl_url();
    if (!t->easy || !t->url) {
        transfer_close(t);
        return err_set(err, ERR_INTERNAL, "libcurl gave no handle for request slot %zu", slot);
    }
    if (stop == TRANSFER_STOP_BY_POLL)
        make_ready(t->easy);
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
    flight_close(&t->flight);
    t->easy = NULL;
    t->url = NULL;
}

/* Nothing but the URL and where it leads differs from request to request. */
static CURLcode vary(struct transfer *t) {
    const struct urls *urls = t->flight.client->urls;
    if (urls->constant)
        return CURLE_OK;
    char text[TEMPLATE_URL_BYTES];
    unsigned bad = set_host(t, urls_target(urls, t->flight.ticket));
    if (t->flight.host->failure)
        return CURLE_COULDNT_RESOLVE_HOST;
    urls_expand(urls, t->flight.ticket, text);
    if (t->flight.body)
        body_set_url(t->flight.body, text);
    return bad | set_url(t, text) ? CURLE_FAILED_INIT : CURLE_OK;
}

CURLcode transfer_begin(struct transfer *t, const struct ticket *ticket) {
    t->sends = 0;
    t->head_ended = false;
    t->socket_errno = 0;
    t->redirects = 0;
    t->retried = false;
    t->error_text[0] = '\0';
    flight_begin(&t->flight, ticket);
    return vary(t);
}

/* libcurl counts a small body into the request, but not over HTTP/2, where it goes in frames of its own. */
static bool counts_body_apart(const struct transfer *t) {
    const struct plan *plan = t->flight.client->plan;
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
    t->flight.sample.bytes_sent += (uint32_t)(request_bytes + body_bytes);
}

/* libcurl counts a request's redirects anew when it is performed again. */
static void add_redirects(struct transfer *t) {
    long followed = 0;
    if (t->flight.client->plan->location &&
        curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_COUNT, &followed) == CURLE_OK)
        t->redirects += (int)followed;
}

static bool died_unanswered(const struct transfer *t, CURLcode code) {
    bool cut = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
    return cut && t->sends && !t->flight.sample.first_byte_ns;
}

bool transfer_retry(struct transfer *t, CURLcode code) {
    long made = 0;
    if (code == CURLE_OK || t->retried || !died_unanswered(t, code) || flight_is_late(&t->flight))
        return false;
    if (curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &made) || made > 0)
        return false;
    t->retried = true;
    add_bytes_sent(t);
    add_redirects(t);
    t->error_text[0] = '\0';
    /* Where requests share a connection, those that it took down share the next one too. */
    if (!t->flight.client->plan->http2)
        curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
    return true;
}

CURLcode transfer_perform(struct transfer *t) {
    timelimits_renew(t->easy, t->flight.client);
    CURLcode code = curl_easy_perform(t->easy);
    if (!transfer_retry(t, code))
        return code;
    timelimits_renew(t->easy, t->flight.client);
    return curl_easy_perform(t->easy);
}

/* The phases of making a connection, known only when one was made. */
static void read_connection(struct transfer *t) {
    long made = 0;
    if (curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &made) || made == 0)
        return;
    t->flight.sample.connections =
        (unsigned)(made > SAMPLE_CONNECTIONS ? SAMPLE_CONNECTIONS : made) & SAMPLE_CONNECTIONS;
    if (t->sends > 1)
        return; /* libcurl's times are then sums over both */
    curl_off_t lookup_us = 0, connect_us = 0, tls_us = 0;
    curl_easy_getinfo(t->easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup_us);
    curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    curl_easy_getinfo(t->easy, CURLINFO_APPCONNECT_TIME_T, &tls_us);
    if (connect_us > 0 && t->flight.client->resolves_each)
        t->flight.sample.dns_ns = lookup_us * 1000;
    if (connect_us > 0)
        t->flight.sample.connect_ns = (connect_us - lookup_us) * 1000;
    if (tls_us > 0)
        t->flight.sample.tls_ns = (tls_us - connect_us) * 1000;
}

static void read_answer(struct transfer *t) {
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->flight.sample.status = (uint16_t)(status > 0 && status < RECORDING_STATUSES ? status : 0);
    add_bytes_sent(t);
    add_redirects(t);
    unsigned redirects = (unsigned)t->redirects;
    unsigned retries = t->sends > t->redirects ? (unsigned)t->sends - redirects - 1 : 0;
    t->flight.sample.retries = retries & SAMPLE_RETRIES;
    t->flight.sample.redirects = redirects & SAMPLE_REDIRECTS;
    if (t->flight.client->plan->compressed)
        curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &t->flight.sample.bytes_received);
}

/* What is wrong with an answer that libcurl has nothing to say against; ERROR_NONE for nothing. */
static enum error_class judge_answer(const struct transfer *t, char *example, size_t size) {
    if (!t->head_ended) {
        snprintf(example, size, "the connection was closed within the head of the answer");
        return ERROR_TRUNCATED;
    }
    return flight_judge(&t->flight, example, size);
}

static enum error_class judge_failure(const struct transfer *t, CURLcode code, char *example, size_t size) {
    enum error_class class = t->flight.body ? body_judge(t->flight.body, example, size) : ERROR_NONE;
    if (class != ERROR_NONE)
        return class;
    failure_example(code, t->error_text, example, size);
    if (recording_stopping(t->flight.client->recording) && code == CURLE_ABORTED_BY_CALLBACK)
        return ERROR_CANCELLED;
    if (t->socket_errno == EMFILE || t->socket_errno == ENFILE)
        return ERROR_TOO_MANY_FILES;
    return failure_class(t->easy, code, t->flight.sample.sent_ns != 0, t->error_text);
}

/* Where the request was sent last, if it was redirected. Without a redirect, 7.88 has there the URL of the
 * handle's first request. */
static const char *redirected_to(const struct transfer *t) {
    char *url = NULL;
    if (t->redirects)
        curl_easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
    return url;
}

void transfer_finish(struct transfer *t, CURLcode code, size_t lane) {
    char example[RECORDING_EXAMPLE];
    if (flight_stamp_end(&t->flight, lane)) /* libcurl knows nothing of it */
        return;
    if (t->retried && !t->flight.client->plan->no_keepalive)
        curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 0L);
    read_connection(t);
    read_answer(t);
    enum error_class class = code == CURLE_OK ? judge_answer(t, example, sizeof example)
                                              : judge_failure(t, code, example, sizeof example);
    flight_end(&t->flight, lane, class, redirected_to(t), example);
}

void transfer_cancel(struct transfer *t, size_t lane) {
    if (flight_stamp_end(&t->flight, lane))
        return;
    read_connection(t);
    read_answer(t);
    flight_end(&t->flight, lane, ERROR_CANCELLED, NULL, NULL);
}
