/** The first items of two lists as one, and how many of each they are. */
export interface Interleaved<A, B> {
  readonly items: readonly ({ readonly first: A } | { readonly second: B })[];
  readonly firsts: number;
  readonly seconds: number;
}

/** Takes items of two lists in turn, the earlier one each time and the first list's where they tie; each list keeps its own order. */
export function interleave<A, B>(
  firsts: readonly A[],
  seconds: readonly B[],
  isNotAfter: (first: A, second: B) => boolean,
  limit: number,
): Interleaved<A, B> {
  const items: ({ readonly first: A } | { readonly second: B })[] = [];
  let [a, b] = [0, 0];
  while (items.length < limit) {
    const first = firsts[a];
    const second = seconds[b];
    if (first !== undefined && (second === undefined || isNotAfter(first, second))) {
      items.push({ first });
      a += 1;
    } else if (second !== undefined) {
      items.push({ second });
      b += 1;
    } else break;
  }
  return { items, firsts: a, seconds: b };
}
