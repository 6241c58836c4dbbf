import type { Request } from 'express';

/** The template of the route that answers a request: bounded where paths are not; `undefined` where no route does. */
export function routeTemplate(request: Request): string | undefined {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : undefined;
}
