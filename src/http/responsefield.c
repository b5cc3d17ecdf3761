/* Names are compared as they come with the few words they may still become, so that nothing of them is kept.
 */
#include "http/responsefield.h"

/* What a name (the first four, as in enum field) or an element of a list may be. */
enum word { CLOSE = TRANSFER_ENCODING + 1, KEEP_ALIVE, CHUNKED, WORDS };

static const struct {
    uint8_t length;
    char text[18];
} words[WORDS] = {
    [CONNECTION] = {10, "connection"},
    [CONTENT_LENGTH] = {14, "content-length"},
    [SERVER] = {6, "server"},
    [TRANSFER_ENCODING] = {17, "transfer-encoding"},
    [CLOSE] = {5, "close"},
    [KEEP_ALIVE] = {10, "keep-alive"},
    [CHUNKED] = {7, "chunked"},
};

/* OR 0x20 makes capitals small, and nothing else a letter; a CR, which it would make a hyphen, ends a line.
 */
static bool is_same(const char *piece, const char *word, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((piece[i] | 0x20) != word[i])
            return false;
    return true;
}

static void match(struct response *r, const char *piece, size_t length, bool last) {
    for (unsigned left = r->alive; left; left &= left - 1) {
        unsigned word = (unsigned)__builtin_ctz(left);
        size_t rest = words[word].length - r->matched;
        bool fits = last ? length == rest : length <= rest;
        if (!fits || !is_same(piece, words[word].text + r->matched, length))
            r->alive &= (uint8_t) ~(1u << word);
    }
    size_t matched = r->matched + length;
    r->matched = matched < UINT8_MAX ? (uint8_t)matched : UINT8_MAX;
}

static bool is_whole(const struct response *r, unsigned word) {
    return (r->alive >> word & 1) && r->matched == words[word].length;
}

static void begin_word(struct response *r, unsigned candidates) {
    r->alive = (uint8_t)candidates;
    r->matched = 0;
}

static void begin_element(struct response *r) {
    r->phase = BEFORE;
    r->left = 0;
    begin_word(r, r->field == CONNECTION ? 1u << CLOSE | 1u << KEEP_ALIVE : 1u << CHUNKED);
}

static void end_element(struct response *r) {
    if (r->phase != BEFORE && r->field == TRANSFER_ENCODING)
        r->coding = is_whole(r, CHUNKED) ? CODING_CHUNKED : CODING_OTHER;
    r->closes |= is_whole(r, CLOSE);
    r->stays |= is_whole(r, KEEP_ALIVE);
    begin_element(r);
}

static void take_list(struct response *r, const char *at, const char *end) {
    while (at < end) {
        const char *start = at;
        while (at < end && *at != ',' && !response_is_blank(*at))
            at++;
        if (at > start) {
            if (r->phase == BEHIND)
                r->alive = 0; /* "close x" is neither */
            r->phase = WITHIN;
            match(r, start, at - start, false);
        } else if (*at++ == ',') {
            end_element(r);
        } else if (r->phase == WITHIN) {
            r->phase = BEHIND;
        }
    }
}

static const char *end_number(struct response *r) {
    if (r->phase == BEFORE)
        return "a Content-Length has no number";
    if (r->length >= 0 && r->length != r->left)
        return "Content-Length is given twice and differs";
    r->length = r->left;
    begin_element(r);
    return NULL;
}

static const char *take_digit(struct response *r, int digit) {
    if (r->phase == BEHIND)
        return "Content-Length is not a number";
    if (r->left > (INT64_MAX - digit) / 10)
        return "Content-Length is too large";
    r->left = r->left * 10 + digit;
    r->phase = WITHIN;
    return NULL;
}

static const char *take_length_byte(struct response *r, char c) {
    if (c >= '0' && c <= '9')
        return take_digit(r, c - '0');
    if (c == ',')
        return end_number(r);
    if (!response_is_blank(c))
        return "Content-Length is not a number";
    if (r->phase == WITHIN)
        r->phase = BEHIND;
    return NULL;
}

static void take_server(struct response *r, const char *at, const char *end) {
    for (; at < end; at++)
        if (r->matched < RESPONSE_SERVER_BYTES - 1 && (r->matched || !response_is_blank(*at)))
            r->server[r->matched++] = *at;
    r->server[r->matched] = '\0';
}

void response_begin_name(struct response *r, char first, bool matters) {
    unsigned candidates = 0;
    if ((first | 0x20) == 'c')
        candidates = 1u << CONNECTION | 1u << CONTENT_LENGTH;
    else if ((first | 0x20) == 't')
        candidates = 1u << TRANSFER_ENCODING;
    else if ((first | 0x20) == 's' && r->server)
        candidates = 1u << SERVER;
    begin_word(r, matters ? candidates : 0);
}

void response_name(struct response *r, const char *piece, size_t length, bool last) {
    match(r, piece, length, last);
}

void response_begin_value(struct response *r) {
    if (!r->alive) {
        r->field = FIELD_OTHER;
        return;
    }
    r->field = (uint8_t)__builtin_ctz(r->alive); /* the whole name has left one at most */
    begin_element(r);
    if (r->field == TRANSFER_ENCODING && r->coding == CODING_UNSAID)
        r->coding = CODING_EMPTY;
}

const char *response_value(struct response *r, const char **at, const char *end) {
    const char *why = NULL;
    if (r->field == CONTENT_LENGTH) {
        for (; *at < end && !why; *at += !why)
            why = take_length_byte(r, **at);
        return why;
    }
    if (r->field == SERVER)
        take_server(r, *at, end);
    else if (r->field != FIELD_OTHER)
        take_list(r, *at, end);
    *at = end;
    return NULL;
}

const char *response_end_value(struct response *r) {
    switch ((enum field)r->field) {
    case CONNECTION:
    case TRANSFER_ENCODING:
        end_element(r);
        return r->coding == CODING_EMPTY ? "a Transfer-Encoding names no coding" : NULL;
    case CONTENT_LENGTH:
        return end_number(r);
    case SERVER:
        while (r->matched && response_is_blank(r->server[r->matched - 1]))
            r->server[--r->matched] = '\0';
        return NULL;
    default:
        return NULL;
    }
}
