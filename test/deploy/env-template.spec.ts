import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { VARIABLES } from '../../src/platform/config/variables.js';
import { readConfig } from '../../src/platform/config/environment.js';
import { readCompose } from '../support/compose.js';

const TEMPLATE = readFileSync('.env.production.template', 'utf8');

describe('the template of settings', () => {
  it('R60 R62 is what the table of variables says', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/write-env-template.mjs', '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 180_000);

  it('R60 names every variable that is neither secret nor decided, and no other', () => {
    const named = [...TEMPLATE.matchAll(/^#([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const { services } = readCompose('docker-compose.production.yml');
    const decided = Object.values(services).flatMap(({ environment = {} }) => Object.keys(environment));
    const open = VARIABLES.filter(({ name, secret }) => !secret && !decided.includes(name)).map(({ name }) => name);
    expect(named).toEqual(open);
    expect(named.filter((name) => /SECRET$|PASSWORD|TOKEN|PEPPER/.test(name ?? ''))).toEqual([]);
  });

  it('R60 what it shows as usual can be set', () => {
    const usual = [...TEMPLATE.matchAll(/^#([A-Z][A-Z0-9_]+)=(.+)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
    expect(usual.length).toBeGreaterThan(40);
    expect(() => readConfig(Object.fromEntries(usual))).not.toThrow();
  });
});
