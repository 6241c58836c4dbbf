/** Length and two 32-bit multiplicative hashes of a text: enough to tell apart what one source wrote in one instant. */
export function textFingerprint(value: string): string {
  let high = 0xdead_beef;
  let low = 0x41c6_ce57;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  return `${value.length}.${(high >>> 0).toString(36)}${(low >>> 0).toString(36)}`;
}
