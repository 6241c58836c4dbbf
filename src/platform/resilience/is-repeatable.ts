const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Tells whether a request may be sent twice: its method is idempotent (RFC 9110 §9.2.2), or the receiver knows it again by its `Idempotency-Key`. */
export function isRepeatable(method: string, headers: Readonly<Record<string, string>>): boolean {
  return (
    IDEMPOTENT.has(method) || Object.entries(headers).some(([name, value]) => name.toLowerCase() === 'idempotency-key' && value !== '')
  );
}
