import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiResponse } from '@nestjs/swagger';

const EXAMPLE =
  'retry: 2000\n\nid: 41-9f3a61c2\nevent: open\ndata: {"types":["alert.raised"]}\n\nid: 42-0b7d44e1\nevent: alert.raised\n' +
  'data: {"type":"alert.raised","at":"2026-01-15T09:30:00.000Z","alert_id":"0f6f1c1e-7f0a-5b0e-9a3e-2a4f5d6c7b8a","status":"new","severity":"high","incident_id":null,"version":1}\n\n';

/** What the API description says of the stream: its form, how one resumes, every answer. */
export function DescribeStream(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'Accept', required: true, schema: { type: 'string', enum: ['text/event-stream'] } }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description:
        'The `id` that was seen last: what followed it comes first. `0` is the beginning of what is kept. What is not kept is answered by one event `reset`.',
      schema: { type: 'string', maxLength: 64 },
    }),
    ApiOkResponse({
      description: 'Server-sent events, without end: `open`, then each change once and in order. A comment comes every 15 seconds.',
      content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
    }),
    ApiResponse({ status: 406, description: 'The request does not name text/event-stream in Accept.' }),
    ApiResponse({
      status: 429,
      description: 'As many streams are open as may be, or too many requests; Retry-After says when to try again.',
    }),
  );
}
