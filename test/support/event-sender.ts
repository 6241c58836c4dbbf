import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is sent: a request of `events` events every `everyMs`, for `forMs`, whether or not what was sent before is answered. */
export interface SendingPlan {
  readonly url: string;
  readonly key: string;
  readonly everyMs: number;
  readonly forMs: number;
  readonly events: number;
  /** Bytes that each event carries besides, which do not compress. */
  readonly padding: number;
  /** Most requests under way; a turn that finds so many is left out. */
  readonly atOnce: number;
  /** Takes only the processor time that nobody else wants, as if it were another machine. */
  readonly yields?: boolean;
}

/** What came of it. Times are milliseconds from the planned moment to the last byte of the answer. */
export interface SendingReport {
  readonly planned: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly times: readonly number[];
  /** From the first request to the last answer. */
  readonly tookMs: number;
}

async function run(plan: SendingPlan): Promise<SendingReport> {
  if (plan.yields) setPriority(constants.priority.PRIORITY_LOW);
  const agent = new Agent({ keepAlive: true, maxSockets: plan.atOnce });
  const pads = Array.from({ length: plan.events }, () => randomBytes(Math.ceil((plan.padding * 3) / 4)).toString('base64'));
  const large = plan.padding > 0 ? bodyOf('large', pads) : undefined;
  const answers: Record<string, number> = {};
  const times: number[] = [];
  const under = new Set<Promise<void>>();
  const begun = performance.now();
  let planned = 0;
  for (; planned * plan.everyMs < plan.forMs; planned += 1) {
    const due = begun + planned * plan.everyMs;
    await sleep(Math.max(0, due - performance.now()));
    if (under.size >= plan.atOnce) continue;
    const sent = send(plan, agent, large ?? bodyOf(String(planned), pads))
      .catch((error: unknown) => `failed: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
      .then((answer) => {
        times.push(performance.now() - due);
        answers[answer] = (answers[answer] ?? 0) + 1;
        under.delete(sent);
      });
    under.add(sent);
  }
  await Promise.all(under);
  const tookMs = performance.now() - begun;
  agent.destroy();
  return { planned, answers, times, tookMs };
}

function bodyOf(turn: string, pads: readonly string[]): Buffer {
  const events = pads.map((pad, at) => ({ message: `event ${turn}.${at} ${pad}`, host: `ws-${at}` }));
  return Buffer.from(JSON.stringify({ source: 'generic', events }));
}

/** Answers the status. What is cut off while the body is still being sent counts as answered where the answer has arrived. */
function send({ url, key }: SendingPlan, agent: Agent, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'X-API-Key': key, 'Content-Type': 'application/json', 'Content-Length': body.length };
    const sending = request(`${url}/api/v1/events`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('close', () => resolve(String(answer.statusCode)));
    });
    sending.once('error', reject);
    sending.end(body);
  });
}

if (process.argv[2] !== undefined) {
  const report = await run(JSON.parse(process.argv[2]) as SendingPlan);
  process.stdout.write(JSON.stringify(report));
}
