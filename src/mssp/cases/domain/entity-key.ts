import { ENTITY_TYPES, type Entity, type EntityType } from '../../../contracts/entity.js';

const LONGEST_VALUE = 512;

/** An entity as one string, `type:value`; what is longer than 512 characters is cut. */
export function entityKey(entity: Entity): string {
  return `${entity.type}:${entity.value.slice(0, LONGEST_VALUE)}`;
}

/** The entity that a key stands for. */
export function entityOfKey(key: string): Entity {
  const colon = key.indexOf(':');
  return { type: key.slice(0, colon) as EntityType, value: key.slice(colon + 1) };
}

/** The keys that a person may mean by `value` or `type:value`. */
export function keysMeantBy(term: string): readonly string[] {
  const named = ENTITY_TYPES.find((type) => term.startsWith(`${type}:`));
  const types = named ? [named] : ENTITY_TYPES;
  const value = named ? term.slice(named.length + 1) : term;
  return types.map((type) => entityKey({ type, value: type === 'process' || type === 'file' ? value : value.toLowerCase() }));
}
