import { TextSeal } from '../../../platform/encryption/text-seal.js';

/** How what cases quote of events is stored, and how it is found. */
export class CaseSeal extends TextSeal {
  /** An entity's key as indexes hold it: equal or not is all that a sealed one tells. */
  key(entity: string): string {
    return this.cipher ? this.cipher.fingerprint(`entity\n${entity}`) : entity;
  }

  /** Every form in which indexes may hold a key: what was stored before there were keys stays in clear. */
  keysOf(entity: string): readonly string[] {
    return this.cipher ? [this.key(entity), entity] : [entity];
  }
}
