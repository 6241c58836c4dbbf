import { ensureBuild } from '../../scripts/ensure-build.mjs';

/** Before all tests: worker threads and spawned processes run from the build, so it must be of today's source. */
export default function buildOnce() {
  ensureBuild();
}
