import { existsSync, readFileSync } from 'node:fs';
import { bash, examplesOf } from '../support/document-examples.js';
import { describeWith } from '../support/redis-server.js';
import { ofKind, serverPods } from './manifest.js';
import { OVERLAYS, render } from './render.js';
import { only } from './rule.js';

const FILE = 'docs/kubernetes.md';
/** What the operator makes beside the manifests. */
const MADE_BY_HAND = ['gatra-authorities', 'gatra-secrets', 'gatra-migration-secrets', 'gatra-app', 'gatra-namespace'];

describeWith(['kubectl'], 'the document on Kubernetes', () => {
  const text = readFileSync(FILE, 'utf8');

  it('R61 has commands that work as they are written, as far as they need no cluster', async () => {
    const examples = examplesOf(FILE);
    expect(examples.length).toBeGreaterThan(1);
    const { code, output } = await bash(examples.join('\n'), {});
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^4\n/) });
    expect(output).toMatch(/\d+ +namespace: gatra-acme-corp\n/);
  });

  it('R61 names folders, objects and labels that are there', () => {
    const paths = [...text.matchAll(/k8s\/[\w./-]+/g)].map(([path]) => path.replace(/\.$/, ''));
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
    expect(OVERLAYS.filter((overlay) => !paths.includes(`k8s/overlays/${overlay}`))).toEqual([]);
    const manifests = OVERLAYS.flatMap(render);
    const names = new Set([...manifests.map(({ metadata }) => metadata.name), ...MADE_BY_HAND]);
    const commands = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).join('');
    const named = [...commands.matchAll(/(?<![\w$])gatra-[a-z-]*[a-z](?![\w-]|-\$)/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    const components = new Set(manifests.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']));
    const asked = [...commands.matchAll(/component (?:in \(|=)([a-z, ]+)/g)].flatMap(([, list = '']) => list.split(', '));
    expect(asked).toContain('migration');
    expect(asked.filter((component) => !components.has(component))).toEqual([]);
  });

  it('R61 says the thresholds and the connections that there are', () => {
    const manifests = render('on-premises');
    for (const { spec, metadata } of ofKind(manifests, 'HorizontalPodAutoscaler')) {
      const [cpu, memory] = (spec?.metrics ?? []).map(({ resource }) => resource.target.averageUtilization);
      expect(text).toMatch(new RegExp(`\\| ${metadata.name.replace('gatra-', '')} \\| ${cpu} %[^|,]*, ${memory} %`));
    }
    const least = serverPods(manifests).reduce((sum, { owner, spec }) => {
      const workers = (only(spec.containers).env ?? []).find(({ name }) => name === 'INGEST_WORKERS')?.value;
      return sum + (owner.spec?.replicas ?? 0) * (23 + (workers === undefined ? 0 : 4 * (Number(workers) + 1)));
    }, 0);
    expect(text).toContain(`${least} for the smallest installation, ${3 * least} for the largest`);
  });
});
