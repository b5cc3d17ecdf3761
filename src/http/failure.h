/* What libcurl's verdict means: the error class of a report, and a sentence to act on. */
#ifndef FETCHBENCH_HTTP_FAILURE_H
#define FETCHBENCH_HTTP_FAILURE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "record/sample.h"

/* The class of a code other than CURLE_OK; `sent`: the request had been written; `text`: libcurl's error
 * buffer. */
enum error_class failure_class(CURL *easy, CURLcode code, bool sent, const char *text);

/* What an errno of a socket means, ERROR_NONE where it decides nothing. */
enum error_class failure_of_errno(int os_errno);

/* Writes libcurl's own words for this failure, or its general ones for the code; and of a
 * certificate that is not trusted, which option trusts it. */
void failure_example(CURLcode code, const char *text, char *out, size_t size);

#endif
