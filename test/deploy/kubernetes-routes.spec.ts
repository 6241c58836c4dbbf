import { describeWith } from '../support/redis-server.js';
import { sourceFiles } from '../support/source-files.js';
import { ofKind, type HttpPath, type Manifest } from './manifest.js';
import { OVERLAYS, render } from './render.js';

interface Route {
  readonly path: string;
  /** The service that answers it. */
  readonly service: string;
  /** Whether only other services may call it. */
  readonly isInternal: boolean;
}

/** Agents' routes are in their folders; orchestration has the others, and what every process has. */
const routes: readonly Route[] = sourceFiles('src').flatMap(({ path, text }) => {
  const prefix = /@Controller\('([^']*)'\)/.exec(text)?.[1];
  if (prefix === undefined || !path.endsWith('.controller.ts')) return [];
  const folder = /^src\/(taa|cra|cla)\//.exec(path)?.[1];
  const ends = [...text.matchAll(/@(?:Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g)].map(([, end = '']) => end);
  return ends.map((end) => ({
    path: `/${[prefix, end].filter((part) => part !== '').join('/')}`.replaceAll(/:\w+/g, 'x1'),
    service: `gatra-${folder ?? 'mssp'}`,
    isInternal: text.includes('@AllowService(') && !text.includes('@Allow('),
  }));
});

/** How long the part of a path is that a rule means; `undefined` where it means another. A regular expression goes before all prefixes. */
function weightOf({ path: rule, pathType }: HttpPath, path: string): number | undefined {
  if (pathType === 'ImplementationSpecific') return new RegExp(`^${rule}`).test(path) ? Number.POSITIVE_INFINITY : undefined;
  const prefix = rule === '/' ? '' : rule;
  return path === prefix || path.startsWith(`${prefix}/`) ? prefix.length : undefined;
}

/** The service that the ingress controller hands a request to. */
function serviceFor(manifests: readonly Manifest[], path: string): string | undefined {
  const paths = ofKind(manifests, 'Ingress').flatMap(({ spec }) => (spec?.rules ?? []).flatMap(({ http }) => http.paths));
  const meant = paths.flatMap((rule) => {
    const weight = weightOf(rule, path);
    return weight === undefined ? [] : [{ weight, name: rule.backend.service.name }];
  });
  return meant.sort((one, other) => other.weight - one.weight)[0]?.name;
}

describeWith(['kubectl'], 'what comes in from outside', () => {
  it.each(OVERLAYS)('R61 of %s reaches the service that answers it', (overlay) => {
    const manifests = render(overlay);
    const asked = routes.filter(({ isInternal }) => !isInternal);
    expect(asked.length).toBeGreaterThan(60);
    expect(new Set(asked.map(({ service }) => service))).toEqual(new Set(['gatra-mssp', 'gatra-taa', 'gatra-cra']));
    const lost = asked.filter(({ path, service }) => serviceFor(manifests, path) !== service);
    expect(lost.map(({ path }) => `${path} goes to ${serviceFor(manifests, path)}`)).toEqual([]);
  });

  it.each(OVERLAYS)('R61 of %s reaches no route of an agent that is for other services', (overlay) => {
    const manifests = render(overlay);
    const internal = routes.filter(({ isInternal, service }) => isInternal && service !== 'gatra-mssp');
    expect(internal.map(({ path }) => path)).toContain('/api/v1/contain');
    expect(internal.filter(({ path, service }) => serviceFor(manifests, path) === service)).toEqual([]);
  });
});
