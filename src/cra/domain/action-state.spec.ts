import { ACTION_STATUSES } from '../../contracts/containment.js';
import { ACTION_EVENTS, FINAL_STATUSES, isLive, nextStatus } from './action-state.js';

describe('the state machine of an action', () => {
  it('R50 has these transitions and no other', () => {
    const transitions = ACTION_STATUSES.flatMap((status) =>
      ACTION_EVENTS.flatMap((event) => {
        const next = nextStatus(status, event);
        return next ? [`${status} -${event}-> ${next}`] : [];
      }),
    );
    expect(transitions).toEqual([
      'planned -start-> executing',
      'planned -fail-> failed',
      'pending_approval -approve-> approved',
      'pending_approval -reject-> rejected',
      'pending_approval -expire-> expired',
      'approved -start-> executing',
      'approved -fail-> failed',
      'executing -succeed-> executed',
      'executing -fail-> failed',
      'executed -begin_revert-> reverting',
      'reverting -finish_revert-> reverted',
      'reverting -abandon_revert-> executed',
    ]);
  });

  it('final statuses lead nowhere and are not live', () => {
    for (const status of FINAL_STATUSES) expect(ACTION_EVENTS.map((event) => nextStatus(status, event)).filter(Boolean)).toEqual([]);
    expect(ACTION_STATUSES.filter((status) => !isLive(status)).sort()).toEqual([...FINAL_STATUSES].sort());
  });
});
