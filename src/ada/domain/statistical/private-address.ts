/** Tells whether a canonical address is one of a private network: RFC 1918, RFC 6598 or RFC 4193. */
export function isPrivateAddress(address: string): boolean {
  if (address.includes(':')) return /^f[cd]/.test(address);
  const [first = 0, second = 0] = address.split('.', 2).map(Number);
  if (first === 10) return true;
  if (first === 172) return second >= 16 && second < 32;
  if (first === 100) return second >= 64 && second < 128;
  return first === 192 && second === 168;
}
