/** What a suite needs that is not everywhere, and the variable that says it must be here. */
const REQUIRED_BY = { service: 'GATRA_REQUIRE_SERVICES', emulator: 'GATRA_REQUIRE_EMULATORS' } as const;

/**
 * Describes what cannot run everywhere. Where there is a reason against it the suite says so and is skipped; where services or emulators are required
 * (`GATRA_REQUIRE_SERVICES=1`, `GATRA_REQUIRE_EMULATORS=1`) it fails.
 */
export function describeUnless(
  reason: string | undefined,
  title: string,
  suite: () => void,
  needs: keyof typeof REQUIRED_BY = 'service',
): void {
  if (reason === undefined) return describe(title, suite);
  if (process.env[REQUIRED_BY[needs]] === '1')
    return describe(title, () => it(`cannot run: ${reason}`, () => Promise.reject(new Error(reason))));
  return describe.skip(`SKIPPED (${reason}): ${title}`, suite);
}
