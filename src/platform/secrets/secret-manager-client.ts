import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { CloudEndpoint } from '../config/config.js';

/** A connection that is lost is tried again this soon, or secrets would stay old for minutes after a fault has gone. */
const CHANNEL = { 'grpc.max_reconnect_backoff_ms': 5_000 };

/** Makes the client; its libraries are loaded only where it is used. It looks for Google's application default credentials. */
export async function secretManagerClient(endpoint: CloudEndpoint | null): Promise<SecretManagerServiceClient> {
  const { SecretManagerServiceClient: Client } = await import('@google-cloud/secret-manager');
  if (!endpoint) return new Client(CHANNEL);
  const address = { ...CHANNEL, apiEndpoint: endpoint.host, port: endpoint.port };
  if (!endpoint.plain) return new Client(address);
  const { credentials } = await import('@grpc/grpc-js');
  const sslCreds = credentials.createInsecure();
  const auth = { getUniverseDomain: () => Promise.resolve('googleapis.com') };
  return new Client({ ...address, sslCreds, auth: auth as never });
}
