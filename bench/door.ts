import { parseArgs } from 'node:util';
import { measureGuards } from './door/guards.ts';
import { measureLimiters } from './door/limiter.ts';
import { format, machine, printTable } from './report.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean', default: false } } });

if (values.help) {
  process.stdout.write(`npm run bench:door -- [options]
  What a request costs at the door, and what a check of a rate limit costs, next to rate-limiter-flexible. Redis is measured where redis-server is.
  --only guards|limiter   one half
`);
  process.exit(0);
}

const limiters = values.only === 'guards' ? [] : await measureLimiters();
if (limiters.length > 0) {
  printTable(
    ['limiter', 'store', 'in flight', 'checks/s', 'p50 us', 'p99 us'],
    limiters.map((row) => [
      row.limiter,
      row.store,
      String(row.inFlight),
      format(Math.round(row.checksPerSecond)),
      row.p50Micros.toFixed(1),
      row.p99Micros.toFixed(1),
    ]),
  );
  process.stdout.write('\n');
}
const guards = values.only === 'limiter' ? [] : await measureGuards();
if (guards.length > 0) {
  printTable(
    ['door', 'p50 ms', 'p99 ms', 'added p50 ms', 'added p99 ms'],
    guards.map((row) => [row.door, row.p50Ms.toFixed(3), row.p99Ms.toFixed(3), row.addedP50Ms.toFixed(3), row.addedP99Ms.toFixed(3)]),
  );
}
process.stdout.write(`${JSON.stringify({ bench: 'door', machine: machine(), limiters, guards })}\n`);
