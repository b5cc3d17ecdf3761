"""Decodes HdrHistogram's compressed V2 form as reports carry it (see src/record/hdr.c for the layout)."""
import base64
import binascii
import math
import struct
import zlib

import numpy as np

COOKIE, COMPRESSED_COOKIE = 0x1C849303, 0x1C849304
COOKIE_BASE = 0xFFFFFF0F  # the second lowest digit of a cookie is the word size, which V2 does not use
HEADER = struct.Struct(">iiiiqqd")


class Corrupt(Exception):
    """It is no such histogram; the text says why."""


def decode(text):
    """(values, counts): each bucket that is not empty by the highest value it stands for, ascending, and how many
    fell into it."""
    digits, lowest, ratio, payload = unpack(text)
    indexes, counts = counters(payload)
    return highest_values(indexes, digits, lowest) * ratio, counts


def unpack(text):
    try:
        packed = base64.b64decode(text, validate=True)
        cookie, length = struct.unpack_from(">Ii", packed)
        if cookie & COOKIE_BASE != COMPRESSED_COOKIE:
            raise Corrupt("not the compressed V2 form")
        plain = zlib.decompress(packed[8:8 + length])
        cookie, length, offset, digits, lowest, _, ratio = HEADER.unpack_from(plain)
    except (binascii.Error, struct.error, zlib.error) as error:
        raise Corrupt(str(error)) from error
    if cookie & COOKIE_BASE != COOKIE or offset != 0 or not 0 <= digits <= 5 or lowest < 1:
        raise Corrupt("a header that this program does not know")
    payload = plain[HEADER.size:HEADER.size + length]
    if length < 0 or len(payload) != length:
        raise Corrupt("it ends early")
    return digits, lowest, ratio, payload


def zigzag_numbers(payload):
    """The ZigZag LEB128 numbers, of at most nine bytes each; the ninth byte holds eight bits."""
    number, shift = 0, 0
    for byte in payload:
        last = byte < 0x80 or shift == 56
        number |= (byte if shift == 56 else byte & 0x7F) << shift
        shift += 7
        if last:
            yield (number >> 1) ^ -(number & 1)
            number, shift = 0, 0
    if shift:
        raise Corrupt("it ends within a number")


def counters(payload):
    indexes, counts, index = [], [], 0
    for number in zigzag_numbers(payload):
        if number < 0:  # that many empty counters
            index -= number
            continue
        if number > 0:
            indexes.append(index)
            counts.append(number)
        index += 1
    return np.array(indexes, dtype=np.int64), np.array(counts, dtype=np.int64)


def highest_values(indexes, digits, lowest):
    """The highest value that falls into the same counter, of each index."""
    half_bits = max(1, math.ceil(math.log2(2 * 10**digits))) - 1
    half = 1 << half_bits
    unit = int(math.floor(math.log2(lowest)))
    bucket = np.maximum((indexes >> half_bits) - 1, 0)
    sub_bucket = np.where(indexes < 2 * half, indexes, (indexes & (half - 1)) + half)
    return ((sub_bucket + 1) << (bucket + unit)) - 1
