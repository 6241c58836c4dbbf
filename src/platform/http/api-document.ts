import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express } from 'express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { completeOperations } from './complete-operations.js';
import { ProblemBody } from '../problems/problem-body.js';
import { PROBLEM_TYPES } from '../problems/problem-types.js';

const DESCRIPTION = [
  'Events in, alerts and incidents out, containment under human control.',
  'Exchange an API key at `POST /api/v1/auth/token` for a token, then press Authorize.',
  'Errors are problem+json (RFC 9457); `type` is one of:',
  ...Object.entries(PROBLEM_TYPES).map(([name, { status, title }]) => `- \`/problems/${name}\` (${status}): ${title}`),
].join('\n');

const SERVICE_SIGNATURE = [
  'Between services: `v1=` and the HMAC-SHA-256, hex, over key id, sender, receiver, time, nonce, method, path, query, headers and body,',
  'together with `X-Service-Name`, `X-Service-Timestamp`, `X-Service-Nonce` and `X-Service-Key-Id`; or HTTP Message Signatures (RFC 9421).',
  'docs/service-signatures.md has the algorithm and test vectors.',
].join(' ');

/** The OpenAPI document of the running app. */
export function buildApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('GATRA')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag('auth', 'API keys for tokens')
    .addTag('events', 'Events in, and found again')
    .addTag('alerts', 'What detection raised and triage judged')
    .addTag('incidents', 'Alerts that belong together')
    .addTag('approvals', 'What waits for a person')
    .addTag('containment', 'What is done about it')
    .addTag('between services', 'What agents ask of one another, signed')
    .addBearerAuth()
    .addBasicAuth()
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'api-key')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Service-Signature', description: SERVICE_SIGNATURE }, 'service-signature')
    .build();
  return completeOperations(SwaggerModule.createDocument(app, config, { extraModels: [ProblemBody] }));
}

/** Serves Swagger UI at `/docs` and the document at `/docs-json`: open to everybody, so written once and not for each who asks. */
export function serveApiDocument(app: NestExpressApplication): void {
  const document = once(() => buildApiDocument(app));
  const json = once(() => Buffer.from(JSON.stringify(document())));
  const express: Express = app.getHttpAdapter().getInstance();
  express.get('/docs-json', (_request, response) => void response.type('application/json').send(json()));
  SwaggerModule.setup('docs', app, document, { raw: false });
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
