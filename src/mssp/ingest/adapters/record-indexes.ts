/** The indexes below the last one that a batch's records do not have, as JSON; null where there are none. */
export function missingIndexes(records: readonly { readonly index: number }[]): string | null {
  const last = records.at(-1)?.index ?? -1;
  if (last === records.length - 1) return null;
  const missing: number[] = [];
  let expected = 0;
  for (const { index } of records) {
    while (expected < index) missing.push(expected++);
    expected = index + 1;
  }
  return JSON.stringify(missing);
}

/** Index of the record at a position of its batch. */
export function indexAt(position: number, missing: readonly number[]): number {
  let index = position;
  for (const gap of missing) {
    if (gap > index) break;
    index += 1;
  }
  return index;
}

/** Position of the record with an index in a batch of `count` records; `undefined` where the batch has none. */
export function positionOf(index: number, missing: readonly number[], count: number): number | undefined {
  let position = index;
  for (const gap of missing) {
    if (gap === index) return undefined;
    if (gap > index) break;
    position -= 1;
  }
  return position < count ? position : undefined;
}
