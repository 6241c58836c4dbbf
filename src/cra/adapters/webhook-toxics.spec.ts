import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ACME, MovableClock } from '../../../test/support/containment-rig.js';
import { eventually } from '../../../test/support/eventually.js';
import { policiesWith } from '../../../test/support/outbound-policies.js';
import { TcpFaultProxy, TOXICS, type Toxic } from '../../../test/support/tcp-fault-proxy.js';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { SecretRing } from '../../platform/secrets/secret-ring.js';
import { ActuatorFailure } from '../domain/containment-actuator.js';
import { WebhookKeys } from '../webhook-keys.js';
import { WebhookSender } from './webhook-sender.js';

const KEYS = new WebhookKeys(SecretRing.of(Buffer.from('service key of at least 32 bytes.')));
const CODES = ['receiver_timeout', 'receiver_unreachable', 'receiver_circuit_open', 'receiver_busy'];
const SETTINGS = {
  OUTBOUND_WEBHOOK_ATTEMPT_TIMEOUT: '0.3',
  OUTBOUND_WEBHOOK_TOTAL_TIMEOUT: '0.8',
  CIRCUIT_BREAKER_WEBHOOK_RECOVERY_TIMEOUT: '0.3',
};
const CALLS = 60;

describe('webhooks to receivers whose network fails', () => {
  let receiver: Server;
  let received: Set<string>;

  beforeAll(async () => {
    received = new Set();
    receiver = createServer((request, response) => {
      received.add(String(request.headers['idempotency-key']));
      request.resume().on('end', () => response.end('{}'));
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  async function suffer(toxic: Toxic): Promise<void> {
    const proxy = await TcpFaultProxy.start((receiver.address() as AddressInfo).port);
    const policies = policiesWith(SETTINGS);
    const sender = new WebhookSender(new OutboundHttp(['127.0.0.0/8']), KEYS, new MovableClock(), policies);
    const send = (name: string): Promise<unknown> => {
      const idempotencyKey = `${toxic.kind}-${name}`;
      const message = { url: `http://127.0.0.1:${proxy.port}/`, body: {}, idempotencyKey, correlationId: 'req-1' };
      return sender.send(ACME, 'command', message).then(
        () => expect(received).toContain(idempotencyKey),
        (error: unknown) => {
          expect(error).toBeInstanceOf(ActuatorFailure);
          expect(CODES).toContain((error as ActuatorFailure).code);
          return error;
        },
      );
    };
    try {
      proxy.poison(toxic);
      await Promise.all(Array.from({ length: CALLS }, (_, call) => send(String(call))));
      proxy.heal();
      await eventually(async () => {
        expect(await send('after')).toBeUndefined();
        expect(policies.dependency('webhook').state).toBe('closed');
      });
      const { executing, waiting } = policies.dependency('webhook');
      expect([executing, waiting]).toEqual([0, 0]);
    } finally {
      await proxy.stop();
    }
  }

  it('RES-01 toxic-matrix: every toxic, documented failures alone, nothing reported that was not received, served again within 10 s', async () => {
    await Promise.all(TOXICS.map(suffer));
  });
});
