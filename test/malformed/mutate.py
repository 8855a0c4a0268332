"""Damaged images: a seeded choice of the ways in which real ones get damaged, and some that only
malice finds. The same seed and seeds give the same image, byte for byte."""

import random

import udf_tags

SECTOR = 2048
EXTREMES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)
WIDE_EXTREMES = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x10000, 0xFFFF)


def interesting_ranges(data):
    """Where the structures lie: descriptors, every sector that holds directory records or SUSP, and
    what stands behind a tag of UDF."""
    ranges = [(16 * SECTOR, 20 * SECTOR), *udf_tags.find(data)]
    for start in range(16 * SECTOR, len(data), SECTOR):
        sector = data[start:start + SECTOR]
        # A "." record starts with 34 or more, and holds the name 0 of one byte.
        is_directory = len(sector) > 34 and 34 <= sector[0] < 255 and sector[32] == 1 and sector[33] == 0
        if is_directory or b"NM\x05" in sector or any(sign in sector for sign in (b"RRIP_1991A", b"CE\x1c\x01", b"ZF\x10", b"AL")):
            ranges.append((start, start + SECTOR))
    return [(start, min(end, len(data))) for start, end in ranges if start < len(data)]


class Mutator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed
        self.ranges = []  # of the image at hand, before it is changed

    def place(self, data, size=1):
        """A position, four times out of five inside a structure."""
        if self.random.random() < 0.8:
            start, end = self.random.choice(self.ranges or [(0, len(data))])
        else:
            start, end = 0, len(data)
        return min(self.random.randrange(start, max(start + 1, end - size)), max(0, len(data) - size))

    def flip(self, data):
        for _ in range(self.random.choice((1, 2, 8, 64))):
            data[self.place(data)] ^= 1 << self.random.randrange(8)

    def extreme_byte(self, data):
        for _ in range(self.random.choice((1, 4, 16))):
            data[self.place(data)] = self.random.choice(EXTREMES)

    def extreme_number(self, data):
        """A both-endian number at an even place, as all of them are in practice."""
        for _ in range(self.random.choice((1, 4, 16))):
            value = self.random.choice(WIDE_EXTREMES)
            at = self.place(data, 8)
            data[at:at + 8] = value.to_bytes(4, "little") + value.to_bytes(4, "big")

    def extreme_little(self, data):
        """A number of UDF: 16, 32 or 64 bits, little-endian, anywhere."""
        for _ in range(self.random.choice((1, 4, 16))):
            size = self.random.choice((2, 4, 8))
            value = self.random.choice((*WIDE_EXTREMES, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)) % (1 << 8 * size)
            at = self.place(data, size)
            data[at:at + size] = value.to_bytes(size, "little")

    def truncate(self, data):
        del data[self.random.randrange(17 * SECTOR, len(data)):]

    def splice(self, data):
        """A piece of the image over another."""
        size = self.random.choice((4, 33, 100, SECTOR, 3 * SECTOR))
        source, target = self.place(data, size), self.place(data, size)
        data[target:target + size] = data[source:source + size][:max(0, len(data) - target)]

    def blank(self, data):
        size = self.random.choice((1, 16, 500, SECTOR))
        at = self.place(data, size)
        data[at:at + size] = bytes([self.random.choice((0, 0xFF))]) * min(size, len(data) - at)

    def shift(self, data):
        """Bytes go missing or come in: everything behind moves."""
        at, size = self.place(data), self.random.choice((1, 2, 7, 512))
        if self.random.random() < 0.5:
            del data[at:at + size]
        else:
            data[at:at] = bytes(size)

    def mutate(self, original):
        data = bytearray(original)
        self.ranges = interesting_ranges(original)
        tags = udf_tags.find(original)
        actions = [self.flip, self.extreme_byte, self.extreme_number, self.extreme_little, self.truncate, self.splice, self.blank, self.shift]
        weights = [4, 4, 0 if tags else 5, 5 if tags else 0, 1, 2, 1, 1]
        done = []
        for _ in range(self.random.choice((1, 1, 2, 5))):
            action = self.random.choices(actions, weights)[0]
            action(data)
            done.append(action.__name__)
        # Else the sums of the descriptors keep readers from most of what was changed.
        if tags and self.random.random() < 0.5:
            udf_tags.mend(data, tags)
            done.append("mend")
        return bytes(data), "+".join(done)
