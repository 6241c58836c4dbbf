import { readFileSync } from 'node:fs';
import { RECENT_SECONDS } from '../../src/platform/auth/recent-sign-in.js';
import { PERMISSIONS, ROLES } from '../../src/platform/auth/permissions.js';
import { markdownSection, quoted, type MarkdownSection } from '../support/markdown-section.js';
import { filesWith, sourceFiles } from '../support/source-files.js';

const section = (heading: string): MarkdownSection => markdownSection('docs/security.md', heading);
const source = sourceFiles('src');
const environment = readFileSync('src/platform/config/environment.ts', 'utf8');

/** What docs/security.md says is so in the code: documentation that the verification standard asks for, held against what it documents. */
describe('docs/security.md', () => {
  it('ASVS V2.1.1 says how input is validated, by the declaration that validates it', () => {
    expect(section('Validation').text).toMatch(/type, length, range or list/);
    const pipe = readFileSync('src/platform/http/validation.ts', 'utf8');
    expect(pipe).toMatch(/whitelist: true/);
    expect(pipe).toMatch(/forbidNonWhitelisted: true/);
  });

  it('ASVS V2.1.2 says what is checked together, and each check stands in the code', () => {
    const { text } = section('Validation');
    for (const [words, pattern] of [
      ['`from`\nlies before `to`', /from.*to|timeBounds/],
      ['target fits the kind', /checkTarget/],
      ['digest is that of the action', /digest-mismatch/],
      ['declared transitions', /TRANSITIONS/],
      ['leads to a public address', /OUTBOUND_ALLOW/],
    ] as const) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(words.replaceAll(/\s+/g, ' '));
      expect(filesWith(source, pattern)).not.toEqual([]);
    }
  });

  it('ASVS V2.1.3 lists the limits with the defaults that hold', () => {
    const { rows } = section('Limits');
    expect(rows.length).toBeGreaterThan(10);
    for (const [what, standard = '', where] of rows) {
      const [variable] = quoted(where);
      const [value = ''] = quoted(standard);
      if (variable && /^[A-Z_]+$/.test(variable)) {
        expect({ what, isRead: environment.includes(`'${variable}'`) }).toEqual({ what, isRead: true });
        expect({ what, value: defaultOf(variable) }).toEqual({ what, value: Number(value.replaceAll(/[^\d.]/g, '')) });
      } else {
        const [file = '', constant = ''] = quoted(where);
        const holds = new RegExp(
          `\\b${constant}\\b[^\\n]*=\\s*${value
            .replaceAll(/[^\d._*\s]/g, '')
            .trim()
            .replaceAll('*', '\\*')}`,
        );
        expect({ what, holds: holds.test(readFileSync(file, 'utf8')) }).toEqual({ what, holds: true });
      }
    }
  });

  it('ASVS V6.1.1 says how guessing is met', () => {
    const { text } = section('Guessing');
    for (const word of ['client address', 'key id', '429', 'Retry-After', 'TRUSTED_PROXIES', 'lock anybody out'])
      expect(text).toContain(word);
  });

  it('ASVS V6.1.3 lists the ways in that the API document names, and no other', () => {
    const named = new Set(section('Ways in').rows.flatMap(([, scheme]) => quoted(scheme)));
    const declared = readFileSync('src/platform/http/api-document.ts', 'utf8');
    const schemes = new Set<string>([
      ...(declared.includes('addBearerAuth') ? ['bearer'] : []),
      ...(declared.includes('addBasicAuth') ? ['basic'] : []),
      ...[...declared.matchAll(/add(?:ApiKey|Security)\([\s\S]*?'([a-z-]+)',?\s*(?:\)|\{)/g)].map(([, name = '']) => name),
    ]);
    expect(named).toEqual(schemes);
  });

  it('ASVS V7.1.1 says how long a session lasts', () => {
    const { text } = section('Sessions');
    const lifetimes = source.flatMap(({ text: code }) => [...code.matchAll(/\bTOKEN_LIFETIME = (\d+)/g)].map(([, seconds]) => seconds));
    expect(lifetimes).not.toEqual([]);
    for (const seconds of lifetimes) expect(text).toContain(`${seconds} seconds from the exchange`);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`a sign-in that is not older than ${RECENT_SECONDS} seconds`);
  });

  it('ASVS V8.1.1 repeats the table of permissions', () => {
    const written = section('Authorisation').rows.map(([permission, ...cells]) => [
      quoted(permission)[0],
      ROLES.filter((_, index) => cells[index] === '✓'),
    ]);
    expect(Object.fromEntries(written)).toEqual(
      Object.fromEntries(
        Object.entries(PERMISSIONS).map(([permission, roles]) => [
          permission,
          ROLES.filter((role) => (roles as readonly string[]).includes(role)),
        ]),
      ),
    );
  });

  it('ASVS V8.1.2 lists fields that no request carries', () => {
    const fields = section('Fields').rows.flatMap(([field = '']) => quoted(field));
    expect(fields).toEqual(expect.arrayContaining(['approver', 'requested_by', 'risk', 'score']));
    const requests = filesWith(source, /class \w+(Request|Change|Creation|Query|Decision|Body)\w*/);
    for (const field of ['approver', 'requested_by', 'score', 'created_at', 'updated_at']) {
      for (const path of requests) {
        const bodies = readFileSync(path, 'utf8').matchAll(/class \w*(?:Request|Change|Creation|Decision)\w*[^{]*\{([\s\S]*?)\n\}/g);
        for (const [, body = ''] of bodies)
          expect({ path, field, has: new RegExp(`^  ${field}[?!]?:`, 'm').test(body) }).toEqual({ path, field, has: false });
      }
    }
  });

  it('ASVS V11.1.1 lists every secret with its purpose, its change and what else is made of it', () => {
    const secrets = readFileSync('src/platform/secrets/secret-names.ts', 'utf8');
    const names = new Set([...secrets.matchAll(/'([A-Z][A-Z_]{5,})'/g)].map(([, name = '']) => name));
    expect(names.size).toBeGreaterThan(4);
    const written = new Set(section('Keys').rows.flatMap(([name]) => quoted(name)));
    for (const name of names) expect(written).toContain(name);
    for (const row of section('Keys').rows) expect(row.every((cell) => cell !== '')).toBe(true);
  });

  it('ASVS V11.1.2 lists every use of cryptography, and only approved algorithms are used', () => {
    const uses = filesWith(
      source,
      /\b(createHash|createHmac|hkdfSync|createCipheriv|createDecipheriv|createSecretKey|createPrivateKey|createPublicKey)\(|from 'jose'|\bhash\('sha/,
    );
    const listed = section('Cryptography').rows.flatMap(([, , files]) => quoted(files));
    const covers = (path: string): boolean => listed.some((file) => path === file || path.startsWith(`${file}/`));
    expect(uses.filter((path) => !covers(path))).toEqual([]);
    expect(listed.filter((file) => !uses.some((path) => path === file || path.startsWith(`${file}/`)))).toEqual([]);
    const notSecurity = ['src/platform/redis/redis-script.ts', 'src/cra/domain/openc2-command.ts'];
    const security = source.filter(({ path }) => !notSecurity.includes(path));
    const digests = security.flatMap(({ text }) =>
      [...text.matchAll(/\b(?:createHash|createHmac|hkdfSync|hash)\('([\w-]+)'/g)].map(([, name]) => name),
    );
    expect(new Set(digests)).toEqual(new Set(digests.filter((name) => name === 'sha256' || name === 'sha512' || name === 'sha384')));
    expect(
      filesWith(security, /'(md5|sha1|sha-1|rc4|des|des-ede3[^']*|blowfish)'/i).filter((path) => !/events|sigma|taa/.test(path)),
    ).toEqual([]);
  });

  it('ASVS V13.1.1 lists every connection that goes out, with its bounds and what happens when it fails', () => {
    const callers = filesWith(
      source.filter(({ path }) => !path.startsWith('src/cli/')),
      /(?:^|[^.\w])fetch\(|\bhttps?\.request\(|new (?:Redis|Cluster)\(|import\('@google-cloud\/secret-manager'\)|\bnet\.connect\(|tls\.connect\(/m,
    );
    const { rows } = section('Connections');
    const listed = rows.flatMap(([, , , , files]) => quoted(files));
    expect(callers.filter((path) => !listed.includes(path))).toEqual([]);
    for (const row of rows) expect(row.filter((cell) => cell !== '')).toHaveLength(5);
  });

  it('ASVS V14.1.1 classifies data and says what protects each class', () => {
    const { rows } = section('Data');
    expect(rows.map(([name]) => name)).toEqual(['secret', 'evidence', 'case', 'record', 'telemetry']);
    for (const row of rows) expect(row.every((cell) => cell !== '')).toBe(true);
  });

  it('ASVS V15.1.1 names times for mending, runtimes in support, and the parts that are risky', () => {
    const { text, rows } = section('Dependencies');
    for (const word of ['critical within', 'high within', 'quarter']) expect(text).toContain(word);
    const [, end = ''] = rows.find(([name]) => name?.startsWith('Node ')) ?? [];
    expect(Date.parse(end)).toBeGreaterThan(Date.now());
    expect(process.versions.node.startsWith(`${rows[0]?.[0]?.split(' ')[1]}.`)).toBe(true);
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
    for (const name of rows.flatMap(([part]) => quoted(part))) expect(Object.keys(dependencies)).toContain(name);
  });

  it('ASVS V16.1.1 lists the events of the log, which goes to standard output alone', () => {
    const listed = new Set(section('Logs').rows.flatMap(([, names]) => quoted(names)));
    // What happens to actions, to alerts that are published, and on streams is named so too.
    const transition = /^(start|succeed|fail|finish_revert|begin_revert|abandon_revert|raised|changed|open|reset)$/;
    const logged = new Set(
      source
        .flatMap(({ text }) => [...text.matchAll(/\bevent: (?:\w+ \? )?'([a-z_.]+)'(?: : '([a-z_.]+)')?/g)])
        .flatMap(([, ...names]) => names)
        .filter((name) => name !== undefined && !transition.test(name)),
    );
    expect([...logged].filter((name) => !listed.has(name ?? ''))).toEqual([]);
    expect([...listed].filter((name) => !logged.has(name))).toEqual([]);
    const writers = filesWith(source, /pino\.(destination|transport)|createWriteStream/).filter((path) => !path.startsWith('src/cli/'));
    // It writes what a tenant has stored, on command.
    expect(writers).toEqual(['src/platform/tenant-export/export-files.ts']);
  });
});

function defaultOf(variable: string): number {
  const value = new RegExp(`integer\\(\\s*'${variable}',\\s*([^,]+),`).exec(environment)?.[1] ?? '';
  return value.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '').trim()), 1);
}
