/* MT19937 as Python seeds and reads it. */
#include "endpoint/python_random.h"

#include "endpoint/python_number.h"

#include <stdbool.h>

#define SHIFT 397
#define KEY_WORDS 32
#define MAX_DIGITS 300

static void seed_word(struct python_random *r, uint32_t seed) {
    r->state[0] = seed;
    for (uint32_t i = 1; i < PYTHON_RANDOM_WORDS; i++)
        r->state[i] = UINT32_C(1812433253) * (r->state[i - 1] ^ r->state[i - 1] >> 30) + i;
    r->next = PYTHON_RANDOM_WORDS;
}

/* Moves to the next word of the state, which is a ring without its word 0. */
static unsigned advance(struct python_random *r, unsigned i) {
    if (i + 1 < PYTHON_RANDOM_WORDS)
        return i + 1;
    r->state[0] = r->state[PYTHON_RANDOM_WORDS - 1];
    return 1;
}

static uint32_t mixed(const struct python_random *r, unsigned i, uint32_t factor) {
    return r->state[i] ^ (r->state[i - 1] ^ r->state[i - 1] >> 30) * factor;
}

static void seed_words(struct python_random *r, const uint32_t *key, unsigned count) {
    seed_word(r, 19650218);
    unsigned i = 1, k = 0;
    for (unsigned step = 0; step < PYTHON_RANDOM_WORDS; step++) {
        r->state[i] = mixed(r, i, 1664525) + key[k] + k;
        i = advance(r, i);
        k = (k + 1) % count;
    }
    for (unsigned step = 1; step < PYTHON_RANDOM_WORDS; step++) {
        r->state[i] = mixed(r, i, 1566083941) - i;
        i = advance(r, i);
    }
    r->state[0] = UINT32_C(0x80000000);
}

static void refill(struct python_random *r) {
    for (unsigned i = 0; i < PYTHON_RANDOM_WORDS; i++) {
        uint32_t y = (r->state[i] & UINT32_C(0x80000000)) |
                     (r->state[(i + 1) % PYTHON_RANDOM_WORDS] & UINT32_C(0x7FFFFFFF));
        r->state[i] =
            r->state[(i + SHIFT) % PYTHON_RANDOM_WORDS] ^ y >> 1 ^ (y & 1 ? UINT32_C(0x9908B0DF) : 0);
    }
    r->next = 0;
}

uint32_t python_random_word(struct python_random *r) {
    if (r->next >= PYTHON_RANDOM_WORDS)
        refill(r);
    uint32_t y = r->state[r->next++];
    y ^= y >> 11;
    y ^= y << 7 & UINT32_C(0x9D2C5680);
    y ^= y << 15 & UINT32_C(0xEFC60000);
    return y ^ y >> 18;
}

double python_random_unit(struct python_random *r) {
    uint32_t high = python_random_word(r) >> 5, low = python_random_word(r) >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
}

unsigned char python_random_byte(struct python_random *r) {
    uint32_t value;
    do
        value = python_random_word(r) >> 23; /* Python draws nine bits for 256 choices, and again when over */
    while (value > 255);
    return (unsigned char)value;
}

/* key = key * 10 + digit; returns how many words it then has. */
static unsigned push_digit(uint32_t *key, unsigned count, unsigned digit) {
    uint64_t carry = digit;
    for (unsigned i = 0; i < count; i++) {
        carry += (uint64_t)key[i] * 10;
        key[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        key[count++] = (uint32_t)carry;
    return count;
}

int python_random_seed_text(struct python_random *r, const char *text, size_t length) {
    char digits[MAX_DIGITS];
    bool is_negative = false;
    int digit_count = python_int_digits(digits, sizeof digits, &is_negative, text, length);
    if (digit_count < 0)
        return -1;
    uint32_t key[KEY_WORDS] = {0};
    unsigned count = 1;
    for (int i = 0; i < digit_count; i++)
        count = push_digit(key, count, (unsigned)(digits[i] - '0'));
    seed_words(r, key, count);
    return 0;
}
