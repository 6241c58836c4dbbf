import { createRequire } from 'node:module';
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { fromJSON, type ServiceDefinition } from '@grpc/proto-loader';

/** What a call asks, and what it is answered. */
export type GrpcFields = Record<string, unknown>;

/** A call is refused with a status. */
export class GrpcRefusal extends Error {
  constructor(
    readonly code: status,
    text: string,
  ) {
    super(text);
  }
}

/** A service as the protocol defines it that one of Google's clients ships. @param protocol the client's `protos.json` */
export function serviceOf(protocol: string, name: string): ServiceDefinition {
  const json = createRequire(import.meta.url)(protocol) as Parameters<typeof fromJSON>[0];
  return fromJSON(json, { longs: String, enums: String, defaults: false })[name] as ServiceDefinition;
}

/** Handlers of calls with one answer each. */
export function unaryHandlers(
  methods: readonly string[],
  answer: (method: string, request: GrpcFields) => GrpcFields | Promise<GrpcFields>,
): UntypedServiceImplementation {
  const handle = (method: string) => (call: ServerUnaryCall<GrpcFields, unknown>, callback: sendUnaryData<unknown>) => {
    void (async () => answer(method, call.request))().then(
      (value) => callback(null, value),
      (error: unknown) => callback({ code: error instanceof GrpcRefusal ? error.code : status.INTERNAL, message: String(error) }),
    );
  };
  return Object.fromEntries(methods.map((method) => [method, handle(method)]));
}

/** Has a server listen on a port of its own, and answers which. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
  });
}
