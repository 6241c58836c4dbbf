const MAX_LENGTH = 1_024;

/**
 * The lower-cased hexadecimal digests of a hash or of a list of them (`SHA1=…,MD5=…`); zeros, which stand for "none", left out.
 */
export function digestsOf(value: unknown): readonly string[] {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return [];
  const digests: string[] = [];
  for (const part of value.toLowerCase().split(',')) {
    const digest = part.slice(part.indexOf('=') + 1).trim();
    if (/^[0-9a-f]{32,128}$/.test(digest) && !/^0+$/.test(digest)) digests.push(digest);
  }
  return digests;
}
