/* /delay/{seconds}: an answer that is held back. */
#include "base/clock.h"
#include "base/units.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"

#include <math.h>
#include <string.h>

#define LONGEST_DELAY_S 10.0

/* Seconds as Python reads a float, or any duration such as 300ms. */
static int read_delay(const char *text, size_t length, double *seconds) {
    if (!python_float_read(seconds, text, length))
        return *seconds >= 0 ? 0 : -1;
    int64_t delay_ns = 0;
    if (strlen(text) != length || units_read_duration_ns(text, &delay_ns))
        return -1;
    *seconds = (double)delay_ns / (double)CLOCK_NS_PER_S;
    return 0;
}

ANSWER(delay) {
    double seconds = 0;
    if (read_delay(parameter, parameter_bytes, &seconds)) {
        exchange_reply_sentence(
            x, MHD_HTTP_BAD_REQUEST,
            "A delay is a number of seconds from 0 on, such as 0.2, or a duration such as 300ms.");
        return;
    }
    echo_write(x, ECHO_ARGS | ECHO_BODY | ECHO_HEADERS | ECHO_ORIGIN | ECHO_URL);
    x->reply.hold_ns = (int64_t)llround(fmin(seconds, LONGEST_DELAY_S) * (double)CLOCK_NS_PER_S);
}
