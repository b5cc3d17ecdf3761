/* SplitMix64 as a counter-based generator. */
#include "base/random.h"

#define GAMMA UINT64_C(0x9E3779B97F4A7C15)

/* SplitMix64's finaliser: Stafford's variant 13 of MurmurHash3's. A bijection. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t random_bits(uint64_t seed, uint64_t index, uint64_t stream) {
    uint64_t generator = mix(mix(seed + GAMMA) + (index + 1) * GAMMA);
    return mix(generator + (stream + 1) * GAMMA);
}

int64_t random_between(uint64_t seed, uint64_t index, uint64_t stream, int64_t least, int64_t most) {
    uint64_t range = (uint64_t)most - (uint64_t)least + 1;
    uint64_t high = random_bits(seed, index, 2 * stream), low = random_bits(seed, index, 2 * stream + 1);
    if (range == 0) /* all of int64_t */
        return (int64_t)high;
    unsigned __int128 carry = ((unsigned __int128)low * range) >> 64;
    return (int64_t)((uint64_t)least + (uint64_t)(((unsigned __int128)high * range + carry) >> 64));
}
