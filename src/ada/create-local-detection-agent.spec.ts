import { toTenantId } from '../contracts/tenant.js';
import { isRejection, parseEvent } from '../events/parse-event.js';
import { createLocalDetectionAgent } from './create-local-detection-agent.js';

describe('createLocalDetectionAgent', () => {
  it('puts Sigma rules and statistics together', async () => {
    const tenant = toTenantId('acme-corp');
    const agent = createLocalDetectionAgent({
      rules: [
        {
          id: 'r',
          title: 'Any event',
          author: 'Ann',
          level: 'low',
          license: 'x',
          logsource: {},
          means: { categories: [], services: [] },
          falsepositives: [],
          tags: [],
          techniques: [],
          tactics: [],
          detection: { kind: 'and', of: [] },
        },
      ],
    });
    const event = parseEvent('{"a":1}', { index: 0, declared: 'generic', receivedAt: 0 });
    if (isRejection(event)) throw new Error(event.detail);
    const found = await agent.inspect(tenant, { batch_id: 'b', received_at: '2026-01-01T00:00:00.000Z', events: [event] });
    expect(found.map(({ detector }) => detector)).toEqual(['sigma']);
    expect(agent.snapshot(tenant)).not.toBeNull();
    agent.destroy();
  });
});
