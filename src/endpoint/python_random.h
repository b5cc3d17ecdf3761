/* Python's random module, as far as httpbin's seeded bytes need it: the Mersenne Twister MT19937 (Matsumoto
 * and Nishimura, ACM TOMACS 8(1), 1998) seeded by an array of words (their 2002 revision). */
#ifndef FETCHBENCH_ENDPOINT_PYTHON_RANDOM_H
#define FETCHBENCH_ENDPOINT_PYTHON_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define PYTHON_RANDOM_WORDS 624

struct python_random {
    uint32_t state[PYTHON_RANDOM_WORDS];
    unsigned next;
};

/* Seeds as random.seed(int(text)) does: white space around, a sign (which Python ignores in a seed), and
 * digits, with single underscores between them. Returns -1 when the text is no such number or has over 300
 * digits. */
int python_random_seed_text(struct python_random *r, const char *text, size_t length);

/* random.getrandbits(32) */
uint32_t python_random_word(struct python_random *r);
/* random.random(), from 0 to below 1 */
double python_random_unit(struct python_random *r);
/* random.randint(0, 255) */
unsigned char python_random_byte(struct python_random *r);

#endif
