import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };

/** What `npm start` gives node before the program: the built app of tests and benches is started as users start it. */
export const START_FLAGS: readonly string[] = scripts.start.split(' ').slice(1, -1);
