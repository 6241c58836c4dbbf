import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { databaseSteps } from '../../src/database-steps.js';
import { migratePostgres } from '../../src/platform/storage/postgres/migrate-postgres.js';
import type { Pair } from './certificates.js';
import { describeUnless } from './describe-unless.js';
import { freePort } from './free-port.js';

const START_MS = 20_000;
const DEBIAN = '/usr/lib/postgresql';
/** What is lost in a power cut does not matter to a test. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'shared_buffers=32MB', 'max_connections=100', 'listen_addresses=127.0.0.1'];

/** Roles of the server: all is allowed to the first, the second owns the tables, the third is the application's. */
export type PostgresRole = 'gatra_super' | 'gatra_owner' | 'gatra_app';

/** A real PostgreSQL of one's own on a private port and directory. */
export class PostgresServer {
  private process: ChildProcess | undefined;
  private databases = 0;
  private template: Promise<string> | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
  ) {}

  static async start(): Promise<PostgresServer> {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-postgres-'));
    chmodSync(directory, 0o777);
    const server = new PostgresServer(await freePort(), directory);
    const made = runAsServer('initdb', [
      '-D',
      server.data,
      '-U',
      'gatra_super',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ]);
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
    await server.begin();
    for (const role of ['gatra_owner', 'gatra_app']) await server.ask(`CREATE ROLE ${role} LOGIN`);
    return server;
  }

  url(database: string, role: PostgresRole): string {
    return `postgres://${role}@127.0.0.1:${this.port}/${database}`;
  }

  /** From then on it can be spoken to over TLS, with this certificate. */
  async serveTls({ cert, key }: Pair): Promise<void> {
    const { uid, gid } = statSync(this.data);
    for (const [name, content] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
      const file = join(this.data, name);
      writeFileSync(file, content, { mode: 0o600 });
      chownSync(file, uid, gid);
    }
    await this.ask('ALTER SYSTEM SET ssl = on');
    await this.ask('SELECT pg_reload_conf()');
  }

  /** Starts it again on the same port after `kill`. */
  async begin(): Promise<void> {
    const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
    const [command, args] = asServer('postgres', ['-D', this.data, '-p', String(this.port), '-k', this.directory, ...settings]);
    this.process = spawn(command, args, { stdio: 'ignore' });
    for (const deadline = Date.now() + START_MS; ; await pause(20)) {
      try {
        return void (await this.ask('SELECT 1'));
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** Ends it at once, with whoever is connected. */
  async kill(): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGQUIT');
    await ended;
  }

  /** Makes an empty database; answers its name. */
  async emptyDatabase(): Promise<string> {
    const name = `test_${++this.databases}`;
    await this.ask(`CREATE DATABASE ${name} OWNER gatra_owner`);
    return name;
  }

  /** Makes a database with the tables of this version; answers its name. */
  async database(): Promise<string> {
    const template = await (this.template ??= this.makeTemplate());
    const name = `test_${++this.databases}`;
    await this.ask(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER gatra_owner STRATEGY file_copy`);
    return name;
  }

  /** Asks as the superuser. */
  async ask<Row extends pg.QueryResultRow>(text: string, database = 'postgres', values: readonly unknown[] = []): Promise<readonly Row[]> {
    const client = new pg.Client({ connectionString: this.url(database, 'gatra_super') });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends it and removes its directory. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.directory, 'data');
  }

  private async makeTemplate(): Promise<string> {
    const name = await this.emptyDatabase();
    await migratePostgres(this.url(name, 'gatra_owner'), 'gatra_app', databaseSteps);
    return name;
  }
}

/** Describes what needs PostgreSQL, with a server of the suite's own. */
export function describeWithPostgres(title: string, suite: (server: () => PostgresServer) => void): void {
  describeUnless(postgresPrograms() === undefined ? 'postgres not installed' : undefined, title, () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await PostgresServer.start();
    });
    afterAll(() => server?.stop());
    suite(() => {
      if (!server) throw new Error('PostgreSQL has not started');
      return server;
    });
  });
}

/** Where the server's programs are, `''` for the path: Debian keeps them out of it; `undefined` where there are none. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort() : [];
  const newest = versions.at(-1);
  if (newest !== undefined && existsSync(join(DEBIAN, newest, 'bin', 'initdb'))) return join(DEBIAN, newest, 'bin');
  return spawnSync('sh', ['-c', 'command -v initdb']).status === 0 ? '' : undefined;
}

/** PostgreSQL does not run as root: root runs it as the user that its package made. */
function asServer(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  const path = join(postgresPrograms() ?? '', program);
  if (process.getuid?.() !== 0) return [path, args];
  return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--', path, ...args]];
}

function runAsServer(program: string, args: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const [command, all] = asServer(program, args);
  return spawnSync(command, all, { encoding: 'utf8', cwd: '/' });
}
