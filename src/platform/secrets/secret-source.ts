/** Where secrets come from. */
export abstract class SecretSource {
  /** The secret of this name, or `undefined` where this source has none. */
  abstract read(name: string): Promise<string | undefined>;
}
