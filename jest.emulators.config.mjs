import config from './jest.config.mjs';

/** What speaks to emulators that are installed apart (`npm run test:emulators`). */
export default {
  ...config,
  testMatch: ['**/test/emulators/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 180_000,
};
