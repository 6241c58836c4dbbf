const V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** When a batch arrived, milliseconds since the epoch, as its id (UUID v7) says; `undefined` for an id of another form. */
export function arrivalOf(batchId: string): number | undefined {
  const [, high, low] = V7.exec(batchId) ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}
