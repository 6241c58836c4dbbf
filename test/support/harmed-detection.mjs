/**
 * Preloaded into a built app and its threads: Sigma detection does not survive events that name what is to happen to it. The product has no such door.
 */
import { registerHooks } from 'node:module';

const HARMED = /\bvar SigmaDetector = class extends /;

const HARM = `
const inspectUnharmed = SigmaDetector.prototype.inspect;
const HARMS = {
  throw: () => { throw new Error('cannot be inspected'); },
  hang: () => { for (;;); },
  exhaust: () => { for (const kept = []; ;) kept.push(new Array(1_900_000).fill(0)); },
};
SigmaDetector.prototype.inspect = function (tenant, events) {
  for (const event of events) HARMS[event.field('harm')]?.();
  return inspectUnharmed.call(this, tenant, events);
};
`;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.includes('/dist/bundle/')) return loaded;
    const source = Buffer.from(loaded.source ?? '').toString();
    return HARMED.test(source) ? { ...loaded, source: source + HARM } : loaded;
  },
});
