/** Why a call was not made, or not waited for any longer. */
export type UnavailableReason = 'circuit_open' | 'isolated' | 'bulkhead_full' | 'timeout';

const MEANINGS: Readonly<Record<UnavailableReason, string>> = {
  circuit_open: 'has failed too often and is not called at present',
  isolated: 'is held isolated by an operator',
  bulkhead_full: 'has as many calls waiting as may',
  timeout: 'did not answer in time',
};

/** A dependency that cannot be used now. What waits above must not try again for it: the policy below has. */
export class OutboundUnavailable extends Error {
  override readonly name = 'OutboundUnavailable';
  constructor(
    readonly dependency: string,
    readonly reason: UnavailableReason,
    options?: ErrorOptions,
  ) {
    super(`${dependency} ${MEANINGS[reason]}`, options);
  }
}
