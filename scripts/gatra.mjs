#!/usr/bin/env node
import { ensureBuild, requireNode24 } from './ensure-build.mjs';

requireNode24();
ensureBuild();
await import('../dist/cli/gatra.js');
