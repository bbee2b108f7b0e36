/** CRC-32 of IEEE 802.3, as in zlib and PNG, eight bytes at a time. */

const POLYNOMIAL = 0xedb88320;
const TABLES = Array.from({ length: 8 }, () => new Uint32Array(256));

for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
        remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
    }
    TABLES[0][byte] = remainder;
}
for (let byte = 0; byte < 256; byte++) {
    for (let table = 1; table < 8; table++) {
        const before = TABLES[table - 1][byte];
        TABLES[table][byte] = (before >>> 8) ^ TABLES[0][before & 0xff];
    }
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES;

/**
 * Return the CRC-32 of bytes.
 *
 * @param bytes - The bytes.
 * @param before - The CRC-32 of the bytes that stand before them.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
    let crc = ~before;
    let at = 0;
    for (const end = bytes.length - 7; at < end; at += 8) {
        crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
        crc =
            T7[crc & 0xff] ^
            T6[(crc >>> 8) & 0xff] ^
            T5[(crc >>> 16) & 0xff] ^
            T4[crc >>> 24] ^
            T3[bytes[at + 4]] ^
            T2[bytes[at + 5]] ^
            T1[bytes[at + 6]] ^
            T0[bytes[at + 7]];
    }
    for (; at < bytes.length; at++) {
        crc = (crc >>> 8) ^ T0[(crc ^ bytes[at]) & 0xff];
    }
    return ~crc >>> 0;
}
