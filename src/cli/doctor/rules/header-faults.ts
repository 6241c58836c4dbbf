const WANTED: Readonly<Record<string, RegExp>> = {
  'content-security-policy': /default-src 'none'/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/i,
  'referrer-policy': /^no-referrer$/,
  'cache-control': /no-store/,
  'x-correlation-id': /./,
};
const HSTS = /max-age=(\d+)/;
const HALF_A_YEAR_SECONDS = 15_552_000;

/** Security headers that an answer of the API lacks, and headers that tell too much. @param headers names in lower case */
export function headerFaults(headers: Readonly<Record<string, string>>, isOverTls: boolean): readonly string[] {
  const lacking = Object.entries(WANTED).filter(([name, form]) => !form.test(headers[name] ?? ''));
  const age = Number(HSTS.exec(headers['strict-transport-security'] ?? '')?.[1] ?? 0);
  return [
    ...lacking.map(([name]) => `${name} is missing or weak`),
    ...(isOverTls && age < HALF_A_YEAR_SECONDS ? ['strict-transport-security is missing or short'] : []),
    ...(headers['x-powered-by'] === undefined ? [] : ['x-powered-by tells what is behind']),
    ...(/\d/.test(headers['server'] ?? '') ? ['server tells a version'] : []),
  ];
}
