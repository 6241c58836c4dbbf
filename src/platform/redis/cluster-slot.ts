const SLOTS = 16_384;
const POLYNOMIAL = 0x10_21;

/** The slot of Redis Cluster that a key belongs to: CRC-16 (XMODEM) of what stands in its first braces, or of all of it where nothing does. */
export function clusterSlot(key: string): number {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key;
  let crc = 0;
  for (const byte of Buffer.from(hashed)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x80_00 ? (crc << 1) ^ POLYNOMIAL : crc << 1) & 0xff_ff;
  }
  return crc % SLOTS;
}
