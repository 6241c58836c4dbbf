import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { explainRule } from '../../ada/domain/sigma/explain/explain-rule.js';
import type { SigmaDocument } from '../../ada/domain/sigma/read-document.js';
import type { EventFormat } from '../../contracts/security-event.js';
import { isRejection, parseEvent } from '../../events/parse-event.js';
import type { CommandTerminal } from '../command-terminal.js';
import { type RuleSetOptions, readRuleSet } from './read-rule-set.js';
import { renderExplanation } from './render-explanation.js';

/** Which rule of a file is meant, and how its event is to be read. */
export interface ExplainOptions extends RuleSetOptions {
  readonly id?: string;
  readonly format: EventFormat | 'auto';
  readonly json?: true;
}

type Detection = Extract<SigmaDocument, { kind: 'detection' }>;

const MAX_EVENT_BYTES = 1024 * 1024;
const STANDARD_INPUT = '-';

/** Says why a rule matches an event, or does not. @throws Error where there is no such rule, or no event */
export async function explainEvent(path: string, file: string, options: ExplainOptions, terminal: CommandTerminal): Promise<void> {
  const { rule, searches } = await readDetection(path, options);
  const text = await readText(file === STANDARD_INPUT ? (terminal.stdin ?? process.stdin) : createReadStream(file));
  const event = parseEvent(text, { index: 0, declared: options.format, receivedAt: Date.now() });
  if (isRejection(event)) throw new Error(`${file}: ${event.detail}`);
  const explanation = explainRule(rule, searches, event);
  const { id, title } = rule;
  terminal.stdout.write(options.json ? `${JSON.stringify({ id, title, ...explanation })}\n` : renderExplanation(title, explanation));
}

async function readDetection(path: string, options: ExplainOptions): Promise<Detection> {
  const { id } = options;
  const { loaded, read } = await readRuleSet([path], options);
  const found = read.flatMap((one) => (one.read.kind === 'detection' && (id === undefined || one.read.rule.id === id) ? [one.read] : []));
  const [only, other] = found;
  if (other !== undefined) throw new Error(`${path} holds ${found.length} detection rules: say which with --id`);
  if (only !== undefined) return only;
  const [fault] = loaded.unsupported;
  const because = fault === undefined ? '' : `: ${fault.path}${fault.line === undefined ? '' : `:${fault.line}`}: ${fault.reason}`;
  throw new Error(`${path} holds no detection rule${id === undefined ? '' : ` with the id ${id}`} that can be used${because}`);
}

async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_EVENT_BYTES) throw new Error(`the event is larger than ${MAX_EVENT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
