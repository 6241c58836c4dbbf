import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { StoredCopyProgress } from '../../mssp/lake/adapters/stored-copy-progress.js';
import { copiesOf } from '../../mssp/lake/copies-of.js';
import type { EventPlaceParts } from '../../mssp/retention/adapters/open-event-place.js';
import { SqlClockRecords } from '../../mssp/retention/adapters/sql-clock-records.js';
import { EventRetention, type PlannedMonth } from '../../mssp/retention/event-retention.js';
import type { ClockReading } from '../../mssp/retention/domain/clock-reading.js';
import { RetentionClock } from '../../mssp/retention/retention-clock.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { withEventPlace } from '../stores/open-event-place.js';
import { withStores, type OpenStores } from '../stores/open-stores.js';

interface Options {
  readonly dataDir: string;
  readonly tenant?: string;
  readonly dryRun?: true;
  readonly trustClock?: true;
  readonly json?: true;
}

const REASONS: Readonly<Record<PlannedMonth['fate'], string>> = {
  retire: 'its time is over',
  no_limit: 'kept: everything is',
  within_retention: 'kept: its time is not over',
  identities: 'kept: events of the last 90 days are known again by it',
  legal_hold: 'held: the tenant is under legal hold',
  clock_doubted: 'held: the clock has leapt ahead, and nobody has said that it is right',
  uncopied: 'held: not all of it is in the lake yet',
  unfinished: 'held: something in it is not inspected, or not an alert yet',
};

/** Adds `gatra retention`. */
export function registerRetention(program: Command): void {
  program
    .command('retention')
    .description('Remove the months of events whose time is over, as the app does every hour; also while it runs')
    .option('--data-dir <dir>', 'the data directory', processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra')
    .option('--tenant <id>', 'look at this tenant only')
    .option('--dry-run', 'say what would go, and what is held and why, and remove nothing')
    .option('--trust-clock', 'believe the clock of this machine, although it has leapt ahead or was set back since the last look')
    .option('--json', 'print one JSON object a month')
    .action((options: Options) =>
      withStores(resolve(options.dataDir), (stores) => withEventPlace(stores, (place) => run({ ...stores, ...place }, options))),
    );
}

async function run(stores: OpenStores & EventPlaceParts, options: Options): Promise<void> {
  const config = readConfig(processEnvironment());
  const retention = new EventRetention({
    ...stores,
    ...copiesOf(config, new StoredCopyProgress(stores.tenants)),
    defaultMonths: config.retention.eventMonths,
    actor: actor(),
  });
  const tenants = (await stores.directory.list()).filter(({ tenant_id: id }) => options.tenant === undefined || id === options.tenant);
  if (options.tenant !== undefined && tenants.length === 0) throw new Error(`there is no tenant ${options.tenant}`);
  const clock = await readClock(new RetentionClock(stores.clock, new SqlClockRecords(stores.platform)), options);
  for (const tenant of tenants) {
    const planned = await retention.plan(tenant, clock);
    const gone = options.dryRun ? [] : (await retention.retire(tenant.tenant_id, clock)).map(({ month }) => month);
    for (const month of planned) process.stdout.write(lineOf(tenant, month, gone.includes(month.month), options));
  }
}

async function readClock(clock: RetentionClock, { trustClock, dryRun }: Options): Promise<ClockReading> {
  if (trustClock) return dryRun ? clock.wouldBe() : clock.trust(actor());
  const reading = await clock.look();
  if (reading.offset !== 0) process.stderr.write(`${describeDoubt(reading)}\n`);
  return reading;
}

function describeDoubt({ now, offset }: ClockReading): string {
  const [clock, last] = [now, now - offset].map((time) => new Date(time).toISOString());
  return `the clock says ${clock}, and ${last} was the last time that was believed: set it right, or say --trust-clock where it is`;
}

function actor(): string {
  return `gatra retention, ${userInfo().username}`;
}

function lineOf(tenant: Tenant, { month, events, bytes, fate }: PlannedMonth, isRemoved: boolean, { json }: Options): string {
  const { tenant_id, legal_hold: hold } = tenant;
  if (json) return `${JSON.stringify({ tenant_id, month, events, bytes, fate, removed: isRemoved, legal_hold: hold })}\n`;
  const word = isRemoved ? 'removed' : fate === 'retire' ? 'due' : 'stays';
  const why = fate === 'legal_hold' && hold ? `${REASONS[fate]} since ${hold.since}: ${hold.reason}` : REASONS[fate];
  return `${word.padEnd(8)} ${tenant_id}  ${month}  ${events} events, ${bytes} bytes  ${why}\n`;
}
