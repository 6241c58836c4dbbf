const MAX_KEY = 1_024;
/** How the roots of the registry are written, and how they are here. */
const ROOTS: readonly (readonly [string, string])[] = [
  ['hkey_local_machine\\', 'hklm\\'],
  ['hkey_current_user\\', 'hkcu\\'],
  ['hkey_users\\', 'hku\\'],
  ['hkey_classes_root\\', 'hkcr\\'],
  ['hkey_current_config\\', 'hkcc\\'],
  ['\\registry\\machine\\', 'hklm\\'],
  ['\\registry\\user\\', 'hku\\'],
  ['hklm\\', 'hklm\\'],
  ['hkcu\\', 'hkcu\\'],
  ['hku\\', 'hku\\'],
  ['hkcr\\', 'hkcr\\'],
  ['hkcc\\', 'hkcc\\'],
];

/** A key of the Windows registry in small letters, with the short name of its root; `undefined` where the text is none. */
export function registryKey(text: string): string | undefined {
  if (text.length > MAX_KEY) return undefined;
  const lower = text.toLowerCase();
  const root = ROOTS.find(([written]) => lower.startsWith(written));
  if (root === undefined) return undefined;
  const path = lower.slice(root[0].length);
  const key = path.endsWith('\\') ? path.slice(0, -1) : path;
  return key === '' || key.includes('\0') ? undefined : root[1] + key;
}

/**
 * What a key or value that an event names is looked up as: itself, and the key that it is in, as events name values by key and name; the hive of one user also
 * as that of the current one.
 */
export function registryLookups(text: string): readonly string[] {
  const key = registryKey(text);
  if (key === undefined) return [];
  const parent = key.slice(0, key.lastIndexOf('\\'));
  const keys = parent.includes('\\') ? [key, parent] : [key];
  return keys.flatMap((each) => {
    const own = asCurrentUser(each);
    return own === undefined ? [each] : [each, own];
  });
}

/** `hku\s-1-5-21-…\software` as `hkcu\software`. */
function asCurrentUser(key: string): string | undefined {
  if (!key.startsWith('hku\\s-1-5-21-')) return undefined;
  const end = key.indexOf('\\', 'hku\\'.length);
  return end === -1 ? undefined : `hkcu${key.slice(end)}`;
}
