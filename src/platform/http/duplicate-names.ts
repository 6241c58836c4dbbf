/** An object that is being read: the names it has had. */
interface Open {
  readonly names: Set<string> | null;
  /** Its own place, and that of the member being read. */
  readonly place: string;
  member: string;
}

const QUOTE = '"';

/**
 * The place (JSON Pointer) of the first name that stands twice in an object of a JSON text; `undefined` where there is none. Of two values readers
 * choose differently (RFC 8259 section 4), so that what one has checked another may not do. The text is one that `JSON.parse` takes.
 */
export function duplicateName(text: string): string | undefined {
  const open: Open[] = [];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '}' || letter === ']') open.pop();
    else if (letter === '{' || letter === '[') open.push(opened(letter, open.at(-1)));
    if (letter !== QUOTE) continue;
    const end = endOfString(text, at);
    const object = open.at(-1);
    if (object?.names && isName(text, end) && !take(object, JSON.parse(text.slice(at, end)) as string)) return object.member;
    at = end - 1;
  }
  return undefined;
}

/** Goes on to the next member; false where the object has had one of this name. */
function take(object: Open, name: string): boolean {
  object.member = `${object.place}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const isNew = !object.names?.has(name);
  object.names?.add(name);
  return isNew;
}

function opened(letter: string, parent: Open | undefined): Open {
  const place = parent?.member ?? '';
  return { names: letter === '{' ? new Set() : null, place, member: place };
}

/** Index behind the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at++;
  return text[at] === ':';
}
