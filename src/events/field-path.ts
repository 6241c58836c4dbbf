import { isJsonObject, member, type JsonObject } from './json-object.js';

/**
 * Reads a dotted field name from nested objects. A member whose literal name holds the dots wins over descending, at every
 * level (`id.resp_h` in Zeek's flat form). Lists met on the way yield the list of what their members hold there.
 * @returns `undefined` where nothing has that name
 */
export function readPath(object: JsonObject, path: string): unknown {
  const literal = member(object, path);
  if (literal !== undefined) return literal;
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const found = readInside(member(object, path.slice(0, dot)), path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function readInside(value: unknown, path: string): unknown {
  if (isJsonObject(value)) return readPath(value, path);
  if (!Array.isArray(value)) return undefined;
  const found: unknown[] = [];
  for (const item of value) {
    const inner = readInside(item, path);
    if (Array.isArray(inner)) for (const each of inner) found.push(each);
    else if (inner !== undefined) found.push(inner);
  }
  return found.length === 0 ? undefined : found;
}
