/** Kinds of things that alerts are about. */
export const ENTITY_TYPES = ['host', 'user', 'ip', 'process', 'file', 'domain', 'cloud_account'] as const;

export type EntityType = (typeof ENTITY_TYPES)[number];

/** Something that an event or an alert is about. `value` is lower-cased, except for `process` and `file`, which keep their case. */
export interface Entity {
  readonly type: EntityType;
  readonly value: string;
}
