import { checkDurableWrites } from '../support/forgetful-disk.js';
import { anyPlan } from '../support/power-cut-plan.js';
import { traceWriter } from '../support/power-cuts.js';
import { seeded } from '../support/seeded.js';
import { describeWithTracing } from '../support/strace.js';

const IMAGES = 50_000;
const IMAGES_OF_A_PLAN = 1_000;
const STEPS = 50;
const RUNS = 200_000;

describeWithTracing('power cuts, for long', () => {
  it(`DUR-03 ${IMAGES} images of disks, of a plan each thousand, lose and invent nothing`, async () => {
    let [images, torn] = [0, 0];
    for (let seed = 1; images < IMAGES; seed += 1) {
      const trace = await traceWriter(anyPlan(seed, STEPS));
      const cuts = await trace.cut(seeded(seed), { images: IMAGES_OF_A_PLAN, at: Infinity });
      trace.remove();
      expect({ seed, faults: cuts.faults }).toEqual({ seed, faults: [] });
      images += cuts.images;
      torn += cuts.torn;
    }
    console.log(`DUR-03 ${images} images, ${torn} writes torn, 0 lost`);
  }, 3_600_000);

  it(`DUR-03 ${RUNS} runs of writing a file durably on a disk that forgets`, () => {
    checkDurableWrites(RUNS);
  }, 1_800_000);
});
