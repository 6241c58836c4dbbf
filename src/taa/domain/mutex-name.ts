const NAMESPACES = ['\\basenamedobjects\\', 'global\\', 'local\\'];
const SESSIONS = '\\sessions\\';

/** The name of a mutex without the namespace that it is in (`Global\`, `\Sessions\1\BaseNamedObjects\`), which logs write in several ways. Case counts. */
export function mutexName(text: string): string {
  let name = text;
  if (name.toLowerCase().startsWith(SESSIONS)) name = name.slice(Math.max(0, name.indexOf('\\', SESSIONS.length)));
  for (const namespace of NAMESPACES) {
    if (name.length > namespace.length && name.slice(0, namespace.length).toLowerCase() === namespace) name = name.slice(namespace.length);
  }
  return name;
}
