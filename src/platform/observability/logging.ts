import type { Params } from 'nestjs-pino';
import type { ClsService } from 'nestjs-cls';
import type { Config } from '../config/config.js';
import type { LogFn } from 'pino';
import type { RequestContext } from '../tenancy/request-context.js';
import { currentSpan } from './tracing/active-span.js';
import { boundedFields, boundedText } from './bounded-fields.js';

/** Structured logs: one JSON object a line with `timestamp`, `level`, `service`, `correlation_id`, `tenant_id`, `message`. */
export function loggingParams(config: Config, cls: ClsService<RequestContext>): Params {
  return {
    pinoHttp: {
      level: config.log.level,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      base: { service: 'gatra' },
      formatters: { level: (label) => ({ level: label }), log: boundedFields },
      hooks: { logMethod: writeBounded },
      mixin: () => contextFields(cls),
      autoLogging: false,
      quietReqLogger: true,
      ...(config.log.format === 'text'
        ? { transport: { target: 'pino-pretty', options: { messageKey: 'message', timestampKey: 'timestamp' } } }
        : {}),
    },
  };
}

function contextFields(cls: ClsService<RequestContext>): Record<string, string> {
  if (!cls.isActive()) return {};
  const tenant = cls.get('tenant');
  return { correlation_id: cls.get('correlationId'), ...(tenant ? { tenant_id: tenant } : {}), ...spanFields() };
}

function spanFields(): Record<string, string> {
  const span = currentSpan();
  return span?.isRecorded ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Cuts the message; an error that is logged without one is its own. */
function writeBounded(this: unknown, parts: readonly unknown[], write: LogFn): void {
  const [first, ...rest] = parts.map((part) => (typeof part === 'string' ? boundedText(part) : part));
  const fields = first instanceof Error ? { err: first } : first;
  const error: unknown = typeof fields === 'object' && fields !== null && 'err' in fields ? fields.err : undefined;
  const message = rest.length === 0 && error instanceof Error ? [boundedText(error.message)] : rest;
  Reflect.apply(write, this, [fields, ...message]);
}
