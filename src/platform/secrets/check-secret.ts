const LEAST_BYTES = 32;
const DEFAULT_LOOKING = /change|default|secret|password|example|sample|placeholder|your[-_ ]|test|dummy|insert|replace|todo|xxxx/i;

/** Why a secret is refused; `undefined` where it is fit. The answer never holds the secret. */
export function secretFault(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return 'is missing';
  if (Buffer.byteLength(value) < LEAST_BYTES) return `is shorter than ${LEAST_BYTES} bytes`;
  if (DEFAULT_LOOKING.test(value)) return 'looks like a default or a placeholder';
  if (new Set(value).size < 8) return 'has too few different characters';
  return undefined;
}
