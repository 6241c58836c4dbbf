import { anyPlan, planOfRepair } from '../support/power-cut-plan.js';
import { traceWriter, type WriterFault } from '../support/power-cuts.js';
import { seeded } from '../support/seeded.js';
import { describeWithTracing } from '../support/strace.js';

const STEPS = 50;
const IMAGES = 4_000;
const LONGEST_MS = 12_000;
const LEAST_IMAGES = 100;
const REPAIRED = 10;
const IMAGES_OF_REPAIR = 250;

describeWithTracing('a power cut at any moment', () => {
  it('DUR-03 leaves every acknowledged thing and nothing else, whatever was dropped, reordered or torn of what was not synced', async () => {
    const seed = Date.now() & 0xffff;
    const trace = await traceWriter(anyPlan(seed, STEPS));
    try {
      const cuts = await trace.cut(seeded(seed), { images: IMAGES, least: 2 * LEAST_IMAGES, at: performance.now() + LONGEST_MS });
      expect({ seed, faults: cuts.faults }).toEqual({ seed, faults: [] });
      expect(cuts.images).toBeGreaterThan(LEAST_IMAGES);
      expect(Math.min(cuts.unsynced, cuts.torn)).toBeGreaterThan(LEAST_IMAGES);
    } finally {
      trace.remove();
    }
  });

  it('DUR-03 DUR-05 leaves what a repair was to save, wherever it was cut off', async () => {
    const steps = planOfRepair(REPAIRED);
    const trace = await traceWriter(steps);
    try {
      const until = { images: IMAGES_OF_REPAIR, least: LEAST_IMAGES + 1, at: performance.now() + LONGEST_MS, from: steps.length - 2 };
      const cuts = await trace.cut(seeded(6), until);
      expect(cuts.faults).toEqual([]);
      expect(cuts.images).toBeGreaterThan(LEAST_IMAGES);
    } finally {
      trace.remove();
    }
  });

  it.each<WriterFault>(['unsynced', 'early'])('DUR-03 the check finds what a writer at fault loses: %s', async (fault) => {
    const trace = await traceWriter(anyPlan(4, STEPS), fault);
    try {
      const cuts = await trace.cut(seeded(5), { images: IMAGES, at: performance.now() + LONGEST_MS });
      expect(cuts.faults).toEqual([expect.stringMatching(/lost|half|damaged|does not open|audit|the file says/)]);
    } finally {
      trace.remove();
    }
  });
});
