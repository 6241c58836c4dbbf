import type { AttackCatalog } from './attack-catalog.js';

/** Where ATT&CK's techniques are known from. */
export abstract class AttackSource {
  /** What is known; nothing where there is no source, or it cannot be read. */
  abstract catalog(): Promise<AttackCatalog>;
}
