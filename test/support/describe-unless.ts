/**
 * Describes what cannot run everywhere. Where there is a reason against it the suite says so and is skipped; where services are required
 * (`GATRA_REQUIRE_SERVICES=1`) it fails.
 */
export function describeUnless(reason: string | undefined, title: string, suite: () => void): void {
  if (reason === undefined) return describe(title, suite);
  if (process.env['GATRA_REQUIRE_SERVICES'] === '1')
    return describe(title, () => it(`cannot run: ${reason}`, () => Promise.reject(new Error(reason))));
  return describe.skip(`SKIPPED (${reason}): ${title}`, suite);
}
