/* Random numbers by place rather than by turn: a value is a pure function of a seed, an index and a stream,
 * so whoever asks, in whatever order and on whatever thread, gets the same. Not for secrets. */
#ifndef FETCHBENCH_BASE_RANDOM_H
#define FETCHBENCH_BASE_RANDOM_H

#include <stdint.h>

/* 64 uniform bits. The index-th output of a SplitMix64 generator (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014) seeds another, whose stream-th output is the value. For one
 * seed and stream, two indices never give the same. */
uint64_t random_bits(uint64_t seed, uint64_t index, uint64_t stream);

/* Uniform in least to most, both included; least <= most. Multiplies 128 random bits by the range (Lemire,
 * "Fast random integer generation in an interval", 2019), so no value is likelier than another by more than
 * one part in 2^64. Takes streams 2 * stream and 2 * stream + 1 of random_bits. */
int64_t random_between(uint64_t seed, uint64_t index, uint64_t stream, int64_t least, int64_t most);

#endif
