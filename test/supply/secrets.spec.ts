import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { generateApiKey } from '../../src/platform/auth/api-key.js';
import { repositoryFiles } from '../support/build-context.js';
import { SECRET_FORMS, secretsIn } from '../support/secret-forms.js';

const HISTORY = ['log', '--all', '--patch', '--unified=0', '--no-color', '--no-ext-diff', '--no-textconv', '--format=%B'];
/** Digests of packages are long and random, and no secrets. */
const LOCKFILES = ':(exclude,glob)**/package-lock.json';

/** Texts of a secret's form that are none, and why. */
const NONE: Readonly<Record<string, string>> = {
  AKIAEXAMPLE000STOLEN: 'the access key of the intrusion that the demo tells of',
};

/** Parts of forms that would be found here otherwise. */
const [PRIVATE, KEY_ID] = ['PRIVATE', '_key_id'];

/** One of each form, made up here so that none of them stands in a file. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'API key of GATRA': generateApiKey('live').text,
  'private key': `-----BEGIN EC ${PRIVATE} KEY-----\nMHcC`,
  'private key in JSON': `"private${KEY_ID}": "${randomBytes(20).toString('hex')}"`,
  'access key of AWS': `AKIA${'Z'.repeat(16)}`,
  'API key of Google': `AIza${'x'.repeat(35)}`,
  'access token of Google': `ya29.${'x'.repeat(40)}`,
  'token of GitHub': `ghp_${'x'.repeat(36)}`,
  'token of npm': `npm_${'x'.repeat(36)}`,
  'token of Slack': `xoxb-${'1'.repeat(12)}`,
  'address of a Slack webhook': `https://hooks.slack.com/services/T0/B0/${'x'.repeat(24)}`,
  'JSON Web Token': `eyJ${'x'.repeat(12)}.eyJ${'x'.repeat(12)}.${'x'.repeat(43)}`,
  'password in a URL': `redis://:${'x'.repeat(16)}@redis.example`,
};

const found = (text: string): readonly string[] =>
  secretsIn(text).flatMap(([name, secret]) => (Object.hasOwn(NONE, secret) ? [] : [`${name}: ${secret.slice(0, 16)}…`]));

describe('secrets in the repository', () => {
  it('SUP-04 none is in the tree', () => {
    const files = repositoryFiles().filter((path) => !path.endsWith('package-lock.json'));
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap((path) => found(readFileSync(path, 'utf8')).map((secret) => `${path}: ${secret}`))).toEqual([]);
  });

  it('SUP-04 none was ever in it', () => {
    const history = spawnSync('git', [...HISTORY, '--', '.', LOCKFILES], { encoding: 'utf8', maxBuffer: 2 ** 30 });
    expect([history.status, history.stderr]).toEqual([0, '']);
    expect(history.stdout).toContain('+++ b/src/main.ts');
    expect([...new Set(found(history.stdout))]).toEqual([]);
  });

  it.each(SECRET_FORMS)('SUP-04 finds: $name', ({ name }) => {
    expect(secretsIn(`before ${EXAMPLES[name]} after`).map(([form]) => form)).toContain(name);
  });

  it('SUP-04 what is no secret, though it looks like one, is still there to be told apart', () => {
    const text = repositoryFiles()
      .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('secrets.spec.ts'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    expect(Object.keys(NONE).filter((secret) => !text.includes(secret))).toEqual([]);
  });
});
