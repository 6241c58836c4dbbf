import type { ServerResponse } from 'node:http';
import type { RequestContext } from './request-context.js';

const contexts = new WeakMap<ServerResponse, Partial<RequestContext>>();

/** Keeps a request's context with its answer, for what looks at it once the answer has gone and the context is left. */
export function keepContext(response: ServerResponse, context: Partial<RequestContext>): void {
  contexts.set(response, context);
}

/** The context of the request that is answered; empty where it was answered before it had one. */
export function contextOfResponse(response: ServerResponse): Partial<RequestContext> {
  return contexts.get(response) ?? {};
}
