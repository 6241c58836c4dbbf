/** Accounts that an operating system or a directory cannot run without, in lower case and without their domain. */
const BUILT_IN = new Set([
  'system',
  'localsystem',
  'local service',
  'localservice',
  'network service',
  'networkservice',
  'anonymous logon',
  'anonymous',
  'everyone',
  'krbtgt',
  'root',
  'daemon',
  'nobody',
  'www-data',
  'sshd',
  '-',
  '',
]);

/** Tells whether an account is the machine's or the system's own: disabling one breaks machines and stops nobody. */
export function isBuiltInAccount(user: string): boolean {
  const name = user.toLowerCase().trim();
  const bare = name.slice(name.lastIndexOf('\\') + 1);
  const local = bare.split('@')[0] ?? bare;
  return local.endsWith('$') || BUILT_IN.has(local) || /^(?:dwm|umfd)-\d+$/.test(local) || name.startsWith('nt authority\\');
}
