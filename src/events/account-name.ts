/** Accounts that every machine has; they say nothing about who did something. */
const MACHINE_ACCOUNTS = new Set([
  'system',
  'local service',
  'network service',
  'anonymous logon',
  'iusr',
  'localsystem',
  'window manager',
  'font driver host',
  'null sid',
  'n/a',
  'unknown',
  '(unknown user)',
]);

/**
 * The bare, lower-cased name of a user, in which log sources agree: the account name of `DOMAIN\name`, the local part of
 * `name@domain`, the last part of an ARN. `undefined` for accounts of the machine itself (`SYSTEM`, `WS5$`, `DWM-1`).
 */
export function bareUser(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  let user = name.trim().toLowerCase();
  if (user.startsWith('arn:')) user = user.slice(Math.max(user.lastIndexOf('/'), user.lastIndexOf(':')) + 1);
  user = user.slice(user.lastIndexOf('\\') + 1);
  const at = user.indexOf('@');
  if (at > 0) user = user.slice(0, at);
  if (user === '' || user === '-' || user.endsWith('$') || MACHINE_ACCOUNTS.has(user) || /^(?:dwm|umfd)-\d+$/.test(user)) return undefined;
  return user;
}

/** Joins a domain and a name that stand apart to `DOMAIN\name`; the name alone where there is no domain. */
export function domainUser(domain: unknown, name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '' || name === '-') return undefined;
  return typeof domain === 'string' && domain !== '' && domain !== '-' && !name.includes('\\') ? `${domain}\\${name}` : name;
}
