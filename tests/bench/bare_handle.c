/* The easy handle of the yardsticks. */
#include "bare_handle.h"

#include <stdio.h>
#include <stdlib.h>

void bare_libcurl(void) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
        fputs("libcurl cannot be initialised\n", stderr);
        exit(1);
    }
}

static size_t discard(char *data, size_t size, size_t count, void *user) {
    (void)data, (void)user;
    return size * count;
}

CURL *bare_handle(const struct bare_task *task) {
    CURL *easy = curl_easy_init();
    if (!easy) {
        fputs("libcurl gave no handle\n", stderr);
        exit(1);
    }
    curl_easy_setopt(easy, CURLOPT_URL, task->url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* else the environment decides what is measured */
    return easy;
}
