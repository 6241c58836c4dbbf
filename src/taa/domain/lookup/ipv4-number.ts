const DOT = 0x2e;
const ZERO = 0x30;

/** An IPv4 address as a number; -1 for any other text, leading zeros among them. */
export function ipv4Number(text: string): number {
  if (text.length > 15) return -1;
  let number = 0;
  let part = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (part === -1) return -1;
      number = number * 256 + part;
      part = -1;
      dots++;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || part === 0) return -1;
    part = part === -1 ? digit : part * 10 + digit;
    if (part > 255) return -1;
  }
  return dots === 3 && part !== -1 ? number * 256 + part : -1;
}
