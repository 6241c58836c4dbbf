const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/i;
const LONGEST = 1024;

/** Username and password of an `Authorization: Basic` header (RFC 7617); `undefined` where there is none to be read. */
export function basicCredential(header: string | undefined): { readonly username: string; readonly password: string } | undefined {
  if (header === undefined || header.length > LONGEST) return undefined;
  const encoded = BASIC.exec(header)?.[1];
  if (!encoded) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
