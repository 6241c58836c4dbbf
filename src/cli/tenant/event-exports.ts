import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantId } from '../../contracts/tenant.js';
import { EventFile } from '../../mssp/ingest/adapters/event-file.js';
import { EventFiles, monthsIn } from '../../mssp/ingest/adapters/event-files.js';
import * as inFiles from '../../mssp/ingest/adapters/exported-month.js';
import { MonthSeal } from '../../mssp/ingest/adapters/month-seal.js';
import { openEventSessions } from '../../mssp/ingest/adapters/postgres/open-postgres-events.js';
import * as inPostgres from '../../mssp/ingest/adapters/postgres/exported-events.js';
import type { ExportedBatch, ExportedLine } from '../../mssp/ingest/domain/exported-events.js';
import { PostgresEventMonths } from '../../mssp/retention/adapters/postgres-event-months.js';
import type { TenantCipher } from '../../platform/encryption/tenant-cipher.js';
import type { ExportLines } from '../../platform/tenant-export/export-files.js';
import { ExportError } from '../../platform/tenant-export/export-manifest.js';

/** Whose events they are, and what they are sealed with. */
export interface ExportedTenant {
  readonly tenant: TenantId;
  readonly cipher: TenantCipher | undefined;
}

/** A month of events, and all that an export has of it; one is read to its end before the next. */
interface ExportedMonth {
  readonly month: string;
  readonly lines: ExportLines;
}

/** Exports events that are files in a directory, the oldest month first. @throws ExportError for a month whose file is lost. */
export async function* exportFiles(directory: string, { tenant, cipher }: ExportedTenant): AsyncGenerator<ExportedMonth> {
  for (const month of [...monthsIn(directory)].reverse()) {
    const path = join(directory, `events-${month}.db`);
    if (!existsSync(path)) throw new ExportError(`the events of ${month} are lost: start the app, which takes note of it, and export then`);
    const file = new EventFile(path, month, new MonthSeal(cipher, `${tenant}\n${month}`));
    try {
      yield { month, lines: inFiles.exportMonth(file) };
    } finally {
      file.close();
    }
  }
}

/** Exports events that are in PostgreSQL, the oldest month first. */
export async function* exportTables(url: string, { tenant, cipher }: ExportedTenant): AsyncGenerator<ExportedMonth> {
  const sessions = openEventSessions(url);
  const ask: Parameters<typeof inPostgres.exportMonth>[0] = (operation, statements) => sessions.read(tenant, operation, statements);
  try {
    for (const month of await new PostgresEventMonths(sessions).list(tenant)) {
      yield { month, lines: inPostgres.exportMonth(ask, new MonthSeal(cipher, `${tenant}\n${month}`), month) };
    }
  } finally {
    await sessions.close();
  }
}

/** Where the events of an export go. */
export interface EventImport {
  /** Stores batches as one chunk; answers how many events they have. */
  batches(month: string, batches: readonly ExportedBatch[]): Promise<number>;
  /** Stores receipts and counts. */
  account(month: string, lines: readonly Exclude<ExportedLine, { type: 'batch' }>[]): Promise<void>;
  close(): Promise<void>;
}

/** Imports into files in a directory. */
export function importIntoFiles(directory: string, { tenant, cipher }: ExportedTenant): EventImport {
  const files = new EventFiles(directory, tenant, cipher);
  return {
    async batches(month, batches) {
      const events = inFiles.importBatches(files.of(month), batches);
      files.noteStored(month);
      return events;
    },
    account: async (month, lines) => inFiles.importAccount(files.of(month), lines),
    close: async () => files.close(),
  };
}

/** Imports into PostgreSQL. */
export function importIntoTables(url: string, { tenant, cipher }: ExportedTenant): EventImport {
  const sessions = openEventSessions(url);
  return {
    batches: (month, batches) =>
      sessions.inTurn(tenant, (turn) => inPostgres.importBatches(turn, new MonthSeal(cipher, `${tenant}\n${month}`), month, batches)),
    account: (month, lines) => sessions.inTurn(tenant, (turn) => inPostgres.importAccount(turn, month, lines)),
    close: () => sessions.close(),
  };
}
