import config from './jest.config.mjs';

/** The long runs: too long for every change, run before a release. */
export default {
  ...config,
  testMatch: ['**/test/long/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 1_800_000,
};
