/** A parsed JSON object. Its members are whatever a stranger sent, `__proto__` and `constructor` included. */
export type JsonObject = Record<string, unknown>;

/** Tells whether a parsed JSON value is an object, and neither `null` nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The member of a parsed JSON object, or `undefined`. Inherited members do not count: JSON holds no functions, so a function
 * is inherited, and so is `Object.prototype` itself. This is several times faster than asking `Object.hasOwn` first.
 */
export function member(object: JsonObject, name: string): unknown {
  const value = object[name];
  return typeof value === 'function' || value === Object.prototype ? undefined : value;
}

/** The member of a parsed JSON object where it is an object itself. */
export function objectMember(object: JsonObject, name: string): JsonObject | undefined {
  const value = member(object, name);
  return isJsonObject(value) ? value : undefined;
}

/** Tells whether the containers of a JSON value are nested more than `limit` deep; a flat object is 1 deep. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && isDeeperThan(item, limit - 1)) return true;
    return false;
  }
  const object = value as JsonObject;
  for (const name in object) {
    const inner = object[name];
    if (typeof inner === 'object' && isDeeperThan(inner, limit - 1)) return true;
  }
  return false;
}
