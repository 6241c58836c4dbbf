import { applyDecorators } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiHeader,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { EVENT_FORMATS } from '../../contracts/security-event.js';
import { ProblemBody } from '../../platform/problems/problem-body.js';
import { EventEnvelopeDto, IngestAnswerDto } from './ingest.dto.js';

const LINES =
  '{"@timestamp":"2026-01-15T09:30:00.000Z","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","eventID":"5d6f2c1e"}\n' +
  '{"@timestamp":"2026-01-15T09:30:01.000Z","message":"Failed password for root","host":"web-1"}\n';

const STATUSES: Readonly<Record<number, string>> = {
  400: 'The body is cut off, damaged or not well-formed.',
  401: 'No valid credential.',
  403: 'The credential may not send events to this tenant.',
  409: 'A request with this Idempotency-Key is still running.',
  413: 'Too many bytes or events for one request, or more than the rate limit ever lets pass at once.',
  415: 'Another media type or content encoding than the ones listed.',
  422: 'Unknown fields or source, no events, or an Idempotency-Key that was used for another request.',
  429: 'Too many events per second; Retry-After says when to send it again.',
  507: 'The tenant has stored as much as it may; nothing was read.',
  503: 'As much is under way as may be, or storing failed; nothing was acknowledged. Retry-After says when to send it again.',
};

/** What the API description says of sending events: both media types, compression, idempotency, every answer. */
export function DescribeIngest(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(EventEnvelopeDto),
    ApiConsumes('application/json', 'application/x-ndjson', 'application/ndjson', 'application/jsonl'),
    ApiQuery({
      name: 'source',
      required: false,
      enum: ['auto', ...EVENT_FORMATS],
      description: 'Format of the events, where no envelope says.',
    }),
    ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', minLength: 1, maxLength: 128 } }),
    ApiHeader({ name: 'Content-Encoding', required: false, schema: { type: 'string', enum: ['identity', 'gzip', 'zstd'] } }),
    ApiBody({
      schema: {
        oneOf: [{ $ref: getSchemaPath(EventEnvelopeDto) }, { type: 'string', description: 'One JSON object a line.', example: LINES }],
      },
      examples: {
        envelope: {
          summary: 'JSON envelope',
          value: {
            source: 'auto',
            events: [{ '@timestamp': '2026-01-15T09:30:00.000Z', message: 'Failed password for root', host: 'web-1' }],
          },
        },
        lines: { summary: 'NDJSON (application/x-ndjson)', value: LINES },
      },
    }),
    ApiAcceptedResponse({
      type: IngestAnswerDto,
      description: 'Stored on disk and inspected.',
      headers: {
        'Idempotency-Replayed': { description: 'true where the answer is that of an earlier request.', schema: { type: 'string' } },
        'X-RateLimit-Remaining': { description: 'Events that may still be sent at once.', schema: { type: 'integer' } },
      },
    }),
    ...Object.entries(STATUSES).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemBody) } } },
      }),
    ),
  );
}
