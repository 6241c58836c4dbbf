import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlaybooksError, readPlaybooks } from './playbook-files.js';

describe('playbook files', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-playbooks-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const good = {
    id: 'one',
    title: 'One',
    description: 'One.',
    when: { min_classification: 'suspicious', min_severity: 'low' },
    priority: 1,
    max_targets: 1,
    steps: [{ action: 'block_ip', targets: 'ip', reason: 'Why.' }],
  };
  const write = (file: string, content: unknown): void =>
    writeFileSync(join(directory, file), typeof content === 'string' ? content : JSON.stringify(content));
  const faults = (): readonly string[] => {
    try {
      readPlaybooks(directory);
      return [];
    } catch (error) {
      expect(error).toBeInstanceOf(PlaybooksError);
      return (error as PlaybooksError).faults;
    }
  };

  it('those that come with the project are usable, and cover every tactic and the rest', () => {
    const playbooks = readPlaybooks('config/playbooks');
    expect(playbooks.map(({ id }) => id)).toEqual([
      'command-and-control',
      'data-theft',
      'foothold',
      'lateral-movement',
      'stolen-credentials',
      'watch',
    ]);
    expect(playbooks.filter(({ when }) => when.kinds === undefined).map(({ id }) => id)).toEqual(['watch']);
  });

  it('lists every fault with its file and place', () => {
    write('a.json', good);
    write('b.json', { ...good, extra: 1 });
    write('c.json', {
      ...good,
      id: 'c-c',
      steps: [
        { action: 'isolate_host', targets: 'ip', reason: 'x' },
        { action: 'block_ip', reason: 'x' },
      ],
    });
    write('d.json', { ...good, id: 'd-d', steps: [{ action: 'launch', reason: 'x' }], max_targets: -1 });
    write('e.json', good);
    write('notes.txt', 'not a playbook');
    expect(faults()).toEqual([
      'b.json / must NOT have additional properties',
      'c.json /steps/0 isolate_host takes host, not ip',
      'c.json /steps/1 block_ip takes ip, not the incident itself',
      'd.json /max_targets must be >= 0',
      'd.json /steps/0/action must be equal to one of the allowed values',
      'e.json /id one is the id of another playbook',
    ]);
  });

  it('says what cannot be read', () => {
    write('a.json', '{');
    expect(faults()).toEqual([`${join(directory, 'a.json')} is not JSON`]);
    expect(() => readPlaybooks(join(directory, 'missing'))).toThrow('ENOENT');
  });
});
