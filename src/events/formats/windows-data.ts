import { isJsonObject, type JsonObject } from '../json-object.js';

/**
 * Copies the data of a Windows event to a record under the names that Sigma uses: names lose their blanks, and both ways
 * of writing a `Data` element (`{"Name": …, "#text": …}`, unnamed text) are understood.
 * @param target a record without a prototype
 */
export function copyEventData(data: unknown, target: JsonObject): void {
  if (Array.isArray(data)) return copyDataElements(data, target);
  if (!isJsonObject(data)) return;
  for (const name in data) {
    const value = data[name];
    if (name === '#attributes' || value === undefined) continue;
    if (name === 'Data' && typeof value === 'object' && value !== null) copyDataElements(Array.isArray(value) ? value : [value], target);
    else target[name.includes(' ') ? name.replaceAll(' ', '') : name] = plain(value);
  }
}

/** Copies the data of `UserData`, whose members are wrapped in one element of the provider's own. */
export function copyUserData(userData: unknown, target: JsonObject): void {
  if (!isJsonObject(userData)) return;
  for (const name in userData) {
    const value = userData[name];
    if (isJsonObject(value)) copyEventData(value, target);
    else if (name !== '#attributes') target[name] = value;
  }
}

function copyDataElements(elements: readonly unknown[], target: JsonObject): void {
  const unnamed: unknown[] = [];
  for (const element of elements) {
    if (!isJsonObject(element)) {
      unnamed.push(element);
      continue;
    }
    const attributes = isJsonObject(element['#attributes']) ? element['#attributes'] : element;
    const name = attributes['Name'] ?? attributes['@Name'];
    const value = plain(element);
    if (typeof name === 'string') target[name.replaceAll(' ', '')] = value;
    else if (Array.isArray(value)) unnamed.push(...(value as unknown[]));
    else unnamed.push(value);
  }
  if (unnamed.length > 0) target['Data'] = unnamed.length === 1 ? unnamed[0] : unnamed;
}

/** The text of an element that has attributes; any other value as it is. */
function plain(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const inner = value['#text'] ?? value['content'] ?? value['Value'];
  if (inner !== undefined) return inner;
  return value['#attributes'] === undefined && value['@Name'] === undefined ? value : null;
}
