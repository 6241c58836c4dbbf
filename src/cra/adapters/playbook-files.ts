import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiledSchema } from '../../platform/config/compiled-schema.js';
import { ACTION_CATALOGUE } from '../domain/action-catalogue.js';
import type { Playbook, PlaybookStep } from '../domain/playbook.js';

const SCHEMA = new URL('../../../config/playbook.schema.json', import.meta.url);

/** What is wrong with the playbooks: every fault at once, by file and JSON Pointer. */
export class PlaybooksError extends Error {
  override readonly name = 'PlaybooksError';
  constructor(readonly faults: readonly string[]) {
    super(`The playbooks are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads all playbooks (`*.json`) of a directory and checks them against their JSON Schema and the action catalogue.
 * @throws PlaybooksError
 */
export function readPlaybooks(directory: string): readonly Playbook[] {
  const validate = compiledSchema<Playbook>(SCHEMA);
  const faults: string[] = [];
  const playbooks = new Map<string, Playbook>();
  for (const file of listFiles(directory)) {
    const content = parse(join(directory, file));
    if (!validate(content)) {
      faults.push(...(validate.errors ?? []).map((error) => `${file} ${error.instancePath || '/'} ${error.message ?? ''}`));
      continue;
    }
    if (playbooks.has(content.id)) faults.push(`${file} /id ${content.id} is the id of another playbook`);
    faults.push(...content.steps.flatMap((step, index) => stepFault(step, `${file} /steps/${index}`)));
    playbooks.set(content.id, content);
  }
  if (faults.length > 0) throw new PlaybooksError(faults);
  return [...playbooks.values()];
}

function stepFault({ action, targets }: PlaybookStep, where: string): string[] {
  const taken = ACTION_CATALOGUE[action].targets;
  if (taken.includes(targets ?? 'incident')) return [];
  return [`${where} ${action} takes ${taken.join(' or ')}, not ${targets ?? 'the incident itself'}`];
}

function listFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith('.json'))
      .sort();
  } catch (error) {
    throw new PlaybooksError([`${directory} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`]);
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new PlaybooksError([`${file} is not JSON`]);
  }
}
