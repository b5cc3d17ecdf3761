/* URL parsing by libcurl, so that what we resolve is what it will connect to. */
#include "http/target.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static int copy_part(CURLU *url, CURLUPart part, unsigned flags, char *out, size_t size) {
    char *text = NULL;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
        return -1;
    int length = snprintf(out, size, "%s", text);
    curl_free(text);
    return (size_t)length < size ? 0 : -1;
}

static void lower(char *host) {
    for (; *host; host++)
        *host = (char)tolower((unsigned char)*host);
}

static void drop_brackets(char *host) {
    size_t length = strlen(host);
    if (length < 2 || host[0] != '[' || host[length - 1] != ']')
        return;
    memmove(host, host + 1, length - 2);
    host[length - 2] = '\0';
}

bool target_is_address(const char *host) {
    struct in6_addr address;
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

/* How a message calls the URL: not by its text where that may carry a password. */
static const char *shown(const char *url) {
    return strchr(url, '@') ? "the URL given" : url;
}

static int read_parts(CURLU *parsed, const char *url, struct target *out, struct err *err) {
    CURLUcode code = curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK)
        return err_set(err, ERR_USAGE, "\"%.200s\" is no URL: %s%s", shown(url), curl_url_strerror(code),
                       strchr(url, ' ') ? " (a space is written %20)" : "");
    if (copy_part(parsed, CURLUPART_SCHEME, 0, out->scheme, sizeof out->scheme) ||
        (strcmp(out->scheme, "http") != 0 && strcmp(out->scheme, "https") != 0))
        return err_set(err, ERR_USAGE, "\"%.200s\" is neither http:// nor https://", shown(url));
    if (copy_part(parsed, CURLUPART_HOST, 0, out->host, sizeof out->host) || !*out->host ||
        copy_part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT, out->port, sizeof out->port))
        return err_set(err, ERR_USAGE, "\"%.200s\" is no URL: it has no usable host", shown(url));
    drop_brackets(out->host);
    lower(out->host);
    out->tls = strcmp(out->scheme, "https") == 0;
    out->literal = target_is_address(out->host);
    return 0;
}

int target_parse(const char *url, struct target *out, struct err *err) {
    *out = (struct target){0};
    if (!strstr(url, "://"))
        return err_set(err, ERR_USAGE, "\"%.200s\" is no URL: it begins with neither http:// nor https://",
                       shown(url));
    CURLU *parsed = curl_url();
    if (!parsed)
        return err_set(err, ERR_INTERNAL, "out of memory");
    int result = read_parts(parsed, url, out, err);
    curl_url_cleanup(parsed);
    return result;
}

static int read_proxy_parts(CURLU *parsed, const char *url, struct target *out) {
    unsigned guess = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
    if (curl_url_set(parsed, CURLUPART_URL, url, guess) != CURLUE_OK ||
        copy_part(parsed, CURLUPART_SCHEME, 0, out->scheme, sizeof out->scheme) ||
        copy_part(parsed, CURLUPART_HOST, 0, out->host, sizeof out->host) || !*out->host)
        return -1;
    if (copy_part(parsed, CURLUPART_PORT, 0, out->port, sizeof out->port))
        out->port[0] = '\0';
    drop_brackets(out->host);
    out->literal = target_is_address(out->host);
    return 0;
}

int target_parse_proxy(const char *url, struct target *out) {
    *out = (struct target){0};
    CURLU *parsed = curl_url();
    int failed = parsed ? read_proxy_parts(parsed, url, out) : -1;
    curl_url_cleanup(parsed);
    return failed;
}
