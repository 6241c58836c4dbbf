/** Something whose state can be written as bytes of a fixed length. */
export interface Kept {
  readonly byteLength: number;
  write(target: DataView, offset: number): void;
  read(source: DataView, offset: number): void;
}

/** Several of them as one, one after another. */
export function keptTogether(parts: readonly Kept[]): Kept {
  const each = (visit: (part: Kept, at: number) => void, offset: number): void => {
    let at = offset;
    for (const part of parts) {
      visit(part, at);
      at += part.byteLength;
    }
  };
  return {
    byteLength: parts.reduce((sum, part) => sum + part.byteLength, 0),
    write: (target, offset) => each((part, at) => part.write(target, at), offset),
    read: (source, offset) => each((part, at) => part.read(source, at), offset),
  };
}

/** Numbers that are fields of an object, by name, as something that is kept. */
export function keptNumbers<Name extends string>(of: Record<Name, number>, ...names: readonly Name[]): Kept {
  return {
    byteLength: names.length * 8,
    write: (target, offset) => names.forEach((name, i) => target.setFloat64(offset + i * 8, of[name], true)),
    read: (source, offset) =>
      names.forEach((name, i) => {
        of[name] = source.getFloat64(offset + i * 8, true) as Record<Name, number>[Name];
      }),
  };
}
