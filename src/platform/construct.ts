/** A factory that makes a class of what is injected, in the order of its constructor. */
export function construct<Arguments extends unknown[], T>(type: new (...parts: Arguments) => T): (...parts: Arguments) => T {
  return (...parts) => new type(...parts);
}
