import { KeysUnavailable } from '../../../platform/encryption/tenant-cipher.js';
import { DamagedPart } from '../domain/event-damage.js';
import type { LearnedState } from '../domain/event-store.js';
import type { EventFile } from './event-file.js';

/** Opens a row of learned state. @throws DamagedPart, KeysUnavailable */
export function openState(file: EventFile, { chunk, state }: Record<string, unknown>): LearnedState {
  if (typeof chunk !== 'number') throw new DamagedPart('learned state is not what was written');
  if (!(state instanceof Uint8Array)) return null;
  try {
    return file.seal.open('learned', chunk, state);
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    throw new DamagedPart('learned state is not what was written', { cause: error });
  }
}
