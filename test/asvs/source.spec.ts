import { readFileSync } from 'node:fs';
import { filesWith, sourceFiles } from '../support/source-files.js';

const source = sourceFiles('src');
const server = source.filter(({ path }) => !path.startsWith('src/cli/'));

/** What the source may and may not do, by requirement of the Application Security Verification Standard 5.0. */
describe('the source', () => {
  it('ASVS V1.2.4 builds no statement from values', () => {
    expect(filesWith(source, /\bsql\.(raw|lit)\b/)).toEqual([]);
    expect(filesWith(source, /\.(prepare|exec)\(\s*`[^`]*\$\{(?![A-Z][A-Z_]*\})/)).toEqual([]);
    expect(filesWith(source, /\.(prepare|exec)\([^)]*['"`]\s*\+/)).toEqual([]);
  });

  it('ASVS V1.2.5 starts no programs in the server', () => {
    expect(filesWith(source, /['"](node:)?child_process['"]/)).toEqual(['src/cli/demo/demo-server.ts']);
    expect(filesWith(source, /\bshell:\s*true/)).toEqual([]);
  });

  it('ASVS V1.2.9 makes patterns from constants, or from rules by an engine of linear time', () => {
    const made = filesWith(source, /new RegExp\((?!['"`/])(?!source)/);
    expect(made.filter((path) => !path.startsWith('src/ada/adapters/') && !path.startsWith('src/events/formats/'))).toEqual([]);
  });

  it('ASVS V1.2.10 exports no spreadsheets', () => {
    expect(filesWith(server, /text\/csv|spreadsheet/)).toEqual([]);
  });

  it('ASVS V1.3.2 runs no text as code', () => {
    expect(filesWith(source, /(?<![.\w])eval\s*\(|\bnew Function\b|node:vm\b|from 'vm'|set(Timeout|Interval)\(\s*['"`]/)).toEqual([]);
    expect(filesWith(source, /\b(ejs|handlebars|mustache|pug|nunjucks)\b/)).toEqual([]);
  });

  it('ASVS V4.1.2 redirects nobody', () => {
    expect(filesWith(server, /\.redirect\(|@Redirect|['"]Location['"]/)).toEqual([]);
  });

  it('ASVS V11.2.1 uses the cryptography of node:crypto and jose alone', () => {
    const others = /from '(crypto-js|tweetnacl|node-forge|bcrypt|argon2|@noble\/[^']+|elliptic|jsonwebtoken)'/;
    expect(filesWith(source, others)).toEqual([]);
    expect(filesWith(source, /createCipheriv\((?!\s*(CIPHER|ALGORITHM|'aes-256-gcm'))/)).toEqual([]);
    expect(filesWith(source, /createCipher\(|createDecipher\(|publicEncrypt|privateDecrypt|RSA_PKCS1|-ecb|-cbc/i)).toEqual([]);
  });

  it('ASVS V11.5.1 takes nothing that must not be guessed from Math.random', () => {
    const allowed = [
      'src/mssp/ingest/subscription-reader.ts',
      'src/platform/resilience/outbound-policies.ts',
      'src/platform/storage/busy.ts',
      'src/taa/feed-refresher.ts',
    ];
    expect(filesWith(server, /Math\.random/)).toEqual(allowed);
    for (const path of allowed) expect(readFileSync(path, 'utf8')).toMatch(/(JITTER|pause)[^\n]*Math\.random/);
    for (const { text } of server) {
      for (const [, bytes] of text.matchAll(/randomBytes\((\d+)\)/g)) expect(Number(bytes)).toBeGreaterThanOrEqual(12);
    }
  });

  it('ASVS V12.3.4 never switches the verification of certificates off', () => {
    expect(
      filesWith(source, /rejectUnauthorized:\s*false|NODE_TLS_REJECT_UNAUTHORIZED['"]?\]?\s*(?:=[^=]|:)|checkServerIdentity:/),
    ).toEqual([]);
  });

  it('ASVS V13.4.2 has no mode for debugging in production', () => {
    expect(filesWith(server, /\bdebugger\b|--inspect|inspector['"]|abortOnError: false|snapshot: true/)).toEqual([]);
    expect(filesWith(server, /config\.environment [!=]== 'development'/).length).toBeGreaterThan(0);
  });

  it('ASVS V15.2.5 parses and inspects events in threads of their own', () => {
    expect(filesWith(source, /new Worker\(/)).toEqual(expect.arrayContaining(['src/platform/storage/sqlite-thread.ts']));
    expect(
      filesWith(server, /new SigmaEngine|createLocalDetectionAgent\(/).every((path) => /^src\/(ada|agents\/pipeline)\//.test(path)),
    ).toBe(true);
  });

  it('ASVS V15.3.5 is strict about types and equality', () => {
    const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as { compilerOptions: Record<string, unknown> };
    expect(compilerOptions).toMatchObject({ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true });
    expect(filesWith(source, /[^=!<>]==[^=]|!=[^=]/).filter((path) => /[^=!<>'"`\w]\s==\s|\s!=\s/.test(code(path)))).toEqual([]);
    expect(filesWith(source, /(:|\bas|<)\s*any\b(?!\w)/).filter((path) => /(: any\b|as any\b|<any>)/.test(code(path)))).toEqual([]);
  });

  it('ASVS V15.4.1 shares no memory between threads, but for a buffer that is handed over and back, a mark that is atomic, and rules and indicators that nobody changes', () => {
    const handedOver = ['append-protocol.ts', 'append-thread.ts'].map((name) => `src/mssp/ingest/adapters/${name}`);
    const marks = ['detection-mark.ts', 'pipeline-setup.ts'].map((name) => `src/agents/pipeline/${name}`);
    const compiled = ['number-column.ts', 'text-column.ts', 'value-screen.ts', 'value-table.ts'].map(
      (name) => `src/taa/domain/lookup/${name}`,
    );
    expect(filesWith(source, /SharedArrayBuffer/)).toEqual(['src/ada/adapters/rule-texts.ts', ...marks, ...handedOver, ...compiled]);
    // Indicators are written where they are compiled, and are given away when that is over; who compares with them only reads.
    const compiling = ['src/taa/compile-in-turns.ts', 'src/taa/domain/indicator-image.ts'];
    expect(filesWith(source, /new IndicatorCompiler\(/)).toEqual(compiling);
    expect(filesWith(source, /\b(table|columns|screen)\.(add|push|set|fill)\(/).filter((path) => path.startsWith('src/taa/'))).toEqual([
      'src/taa/domain/allow-list.ts',
      compiling[1],
    ]);
    for (const path of compiling) expect(code(path)).toMatch(/(return|IndicatorMatcher\()\s?compiler\.image\(\)/);
    // It is written and asked about in one turn, and a turn ends with the answer.
    expect(code('src/mssp/ingest/adapters/append-thread.ts')).toMatch(/this\.inTurn\(\(\) => this\.ask\([^\n]*this\.crossing\(/);
    // The mark is opened in one place, which reads and writes its cells by atomic operations alone.
    const mark = code('src/agents/pipeline/detection-mark.ts');
    expect(filesWith(source, /\bAtomics\./)).toEqual(['src/agents/pipeline/detection-mark.ts']);
    // Those that are made with a length have memory of their own.
    expect(filesWith(source, /new Int32Array\((?!2 \*\* )/)).toEqual(['src/agents/pipeline/detection-mark.ts']);
    expect(mark.match(/\bcells\b(?!: Int32Array|;| = new Int32Array)/g)).toHaveLength(
      mark.match(/Atomics\.(load|store)\((this\.)?cells, /g)?.length ?? -1,
    );
  });
});

/** A file without its comments and strings. */
function code(path: string): string {
  return readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''");
}
