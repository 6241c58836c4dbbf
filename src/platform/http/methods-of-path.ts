import type { Request } from 'express';

/** What is used of Express' router: its layers, those of routes with the methods they answer. */
interface Layer {
  match(path: string): boolean;
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** The methods that some route answers on a request's path, in upper case; none where there is no such path. */
export function methodsOfPath(request: Request): readonly string[] {
  const { stack } = request.app.router as unknown as { readonly stack: readonly Layer[] };
  const methods = stack
    .filter((layer) => isRoute(layer) && layer.match(request.path))
    .flatMap(({ route }) => Object.keys(route?.methods ?? {}));
  const named = new Set(methods.map((method) => method.toUpperCase()));
  if (named.has('GET')) named.add('HEAD');
  return [...named].sort((a, b) => (a < b ? -1 : 1));
}

/** Middleware is a route of the path of all paths. */
function isRoute({ route }: Layer): boolean {
  return route !== undefined && !route.path.includes('*');
}
