const MAX_PATH = 512;

/** The file name of a program's path, lower-cased: `C:\Windows\System32\cmd.exe` is `cmd.exe`. */
export function programOf(path: string): string {
  const lower = path.slice(-MAX_PATH).toLowerCase();
  return lower.slice(Math.max(lower.lastIndexOf('\\'), lower.lastIndexOf('/')) + 1);
}

/**
 * A program's path without what differs between installations: lower-cased, the user's name, GUIDs and numbers of three or more digits and
 * dots (versions, builds) replaced, so that an update or another user's profile is not a new program.
 */
export function imageOf(path: string): string {
  return path
    .slice(-MAX_PATH)
    .toLowerCase()
    .replace(/^([a-z]:\\users\\|\/home\/|\/users\/)[^\\/]+/, '$1*')
    .replace(/\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?/g, '*')
    .replace(/\d[\d.]+\d/g, '#');
}
