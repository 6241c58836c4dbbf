import type { BigQueryWriteClient } from '@google-cloud/bigquery-storage';
import type { BigQueryEndpoint } from './bigquery-settings.js';

/** A connection that is lost is tried again this soon, and one that is silent is noticed. */
const CHANNEL = {
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

/**
 * Makes the client of the Storage Write API; its libraries are loaded only where it is used. It is the client of the protocol and not that of managed streams,
 * which opens a stream again by itself and can then take the answer to one append for that to another.
 */
export async function storageWriteClient(endpoint: BigQueryEndpoint | undefined): Promise<BigQueryWriteClient> {
  const { BigQueryWriteClient: Client } = await import('@google-cloud/bigquery-storage');
  const client = new Client({ ...CHANNEL, ...(endpoint && (await addressOf(endpoint))) });
  await client.initialize();
  return client;
}

async function addressOf({ host, port, plain }: BigQueryEndpoint): Promise<Readonly<Record<string, unknown>>> {
  if (!plain) return { apiEndpoint: host, port };
  const { credentials } = await import('@grpc/grpc-js');
  const auth = { getUniverseDomain: () => Promise.resolve('googleapis.com') };
  return { apiEndpoint: host, port, sslCreds: credentials.createInsecure(), auth };
}
