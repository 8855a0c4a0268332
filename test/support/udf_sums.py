"""The sums of a descriptor of UDF (ECMA-167 3/7.2)."""


def crc_table():
    table = []
    for byte in range(256):
        value = byte << 8
        for _ in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
        table.append(value)
    return table


CRC_TABLE = crc_table()


def crc16(data):
    """CRC-ITU-T, polynomial 0x1021, from zero (7.2.6)."""
    value = 0
    for byte in data:
        value = (value << 8 & 0xFF00) ^ CRC_TABLE[(value >> 8) ^ byte]
    return value


def checksum(head):
    """7.2.3: of the tag, without byte 4."""
    return (sum(head[:4]) + sum(head[5:16])) & 0xFF
