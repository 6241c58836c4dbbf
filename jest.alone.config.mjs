import config, { ALONE } from './jest.config.mjs';

/** The suites that need the machine to themselves, one after another. */
export default { ...config, testMatch: ALONE, testPathIgnorePatterns: ['/node_modules/'], maxWorkers: 1 };
