import { operationsOf, type ApiOperation, type OpenApi } from '../probe/api-operations.js';
import type { ProbeClient } from '../probe/probe-client.js';

const NOBODY = { credential: {} } as const;
const PLACEHOLDER = 'doctor';

/** The operations that a deployment's API document names. @throws Error where there is none */
export async function documentedOperations(client: ProbeClient): Promise<readonly ApiOperation[]> {
  return operationsOf((await client.json('GET', '/docs-json', undefined, NOBODY)) as unknown as OpenApi);
}

/** What each operation that is not public answers to who brings no credential. */
export async function answersToNobody(
  client: ProbeClient,
  operations: readonly ApiOperation[],
): Promise<readonly { readonly operation: string; readonly status: number }[]> {
  const answers: { operation: string; status: number }[] = [];
  for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
    const path = operation.path.replaceAll(/\{\w+\}/g, PLACEHOLDER);
    const { status } = await client.send(
      { method: operation.method, path, headers: {}, body: undefined },
      { ...NOBODY, isStream: operation.isStream },
    );
    answers.push({ operation: nameOf(operation), status });
  }
  return answers;
}

/** Names of the operations that are public. */
export function publicOperations(operations: readonly ApiOperation[]): readonly string[] {
  return operations.filter(({ isPublic }) => isPublic).map(nameOf);
}

function nameOf({ method, path }: ApiOperation): string {
  return `${method} ${path}`;
}
