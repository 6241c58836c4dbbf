import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_SPANS = 500_000;

/** A span as the collector got it. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Ids of the traces that it is linked to. */
  readonly links: readonly string[];
  readonly failed: boolean;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly { readonly key: string; readonly value: OtlpValue }[];
  readonly links?: readonly { readonly traceId: string }[];
  readonly status?: { readonly code?: number };
}
interface OtlpRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

/** A collector of spans in this process: OTLP over HTTP, JSON. It keeps what it gets, refuses it with 503, or never answers. */
export class SpanCollector {
  readonly spans: CollectedSpan[] = [];
  /** The bodies as they came. */
  readonly bodies: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  mode: 'take' | 'refuse' | 'hang' = 'take';

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.receive(request, response));
  }

  static async start(): Promise<SpanCollector> {
    const server = createServer();
    const collector = new SpanCollector(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Has spans sent here, at once. */
  get env(): Record<string, string> {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url, OTEL_BSP_SCHEDULE_DELAY: '20' };
  }

  trace(traceId: string): readonly CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  named(name: string): readonly CollectedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.authorizations.push(request.headers.authorization);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) return void request.destroy();
      chunks.push(chunk);
    }
    if (this.mode === 'hang') return;
    if (this.mode === 'refuse' || request.url !== '/v1/traces') return void response.writeHead(503).end();
    const text = Buffer.concat(chunks).toString();
    this.bodies.push(text);
    const { resourceSpans } = JSON.parse(text) as OtlpRequest;
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans.map(toCollected)));
    if (this.spans.length + spans.length > MOST_SPANS) throw new Error('more spans than a test may make');
    this.spans.push(...spans);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  }
}

function toCollected({ name, traceId, spanId, parentSpanId, attributes = [], links = [], status }: OtlpSpan): CollectedSpan {
  const values = attributes.map(({ key, value }) => [
    key,
    value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
  ]);
  return {
    name,
    traceId,
    spanId,
    parentSpanId: parentSpanId || undefined,
    attributes: Object.fromEntries(values) as CollectedSpan['attributes'],
    links: links.map((link) => link.traceId),
    failed: status?.code === 2,
  };
}
