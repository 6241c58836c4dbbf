/** The markings of the Traffic Light Protocol 2.0 (FIRST 2022), from free to closest. */
export const TLP_MARKINGS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;

export type Tlp = (typeof TLP_MARKINGS)[number];

/** The closest of several markings. */
export function closestTlp(markings: readonly (Tlp | undefined)[]): Tlp | undefined {
  return TLP_MARKINGS.toReversed().find((marking) => markings.includes(marking));
}
