import { load } from 'js-yaml';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly 'runs-on'?: string;
  readonly steps: readonly Step[];
}

/** A workflow of a forge, as far as rules ask of it. */
export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** A rule that a release keeps, or what is against it. */
interface WorkflowRule {
  readonly name: string;
  faults(workflow: Workflow): readonly string[];
}

const steps = (workflow: Workflow): readonly Step[] => Object.values(workflow.jobs).flatMap((job) => job.steps);
const runs = (workflow: Workflow, form: RegExp): readonly string[] =>
  steps(workflow).some(({ run = '' }) => form.test(run)) ? [] : [String(form)];
const jobs = (workflow: Workflow, isWrong: (job: Job) => boolean): readonly string[] =>
  Object.entries(workflow.jobs).flatMap(([name, job]) => (isWrong(job) ? [name] : []));

/** Reads a workflow. */
export function readWorkflow(text: string): Workflow {
  return load(text) as Workflow;
}

/** What is asked of the release. */
export const WORKFLOW_RULES: readonly WorkflowRule[] = [
  {
    name: 'actions are pinned by commit',
    faults: (workflow) => steps(workflow).flatMap(({ uses = '@' + '0'.repeat(40) }) => (/@[0-9a-f]{40}$/.test(uses) ? [] : [uses])),
  },
  {
    name: 'nothing is allowed that no job asks for',
    faults: (workflow) => (Object.keys(workflow.permissions ?? { all: '' }).length === 0 ? [] : ['permissions']),
  },
  { name: 'each job says what it may', faults: (workflow) => jobs(workflow, ({ permissions }) => permissions === undefined) },
  { name: 'each job ends in time', faults: (workflow) => jobs(workflow, (job) => !(Number(job['timeout-minutes']) <= 120)) },
  { name: 'runners are named by version', faults: (workflow) => jobs(workflow, (job) => !/-\d/.test(job['runs-on'] ?? '')) },
  {
    name: 'no expression is put into a script',
    faults: (workflow) => steps(workflow).flatMap(({ run = '' }) => (run.includes('${{') ? [run] : [])),
  },
  {
    name: 'the credential of the checkout is not kept',
    faults: (workflow) =>
      steps(workflow).flatMap((step) =>
        step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false ? [step.uses] : [],
      ),
  },
  {
    name: 'only a tag of a version is released',
    faults: ({ on }) => (Object.keys(on).join() === 'push' && Object.keys(on['push'] as object).join() === 'tags' ? [] : ['on']),
  },
  {
    name: 'what is released was checked',
    faults: (workflow) => [
      ...runs(workflow, /bash \.ci\/run/),
      ...jobs(workflow, ({ needs, permissions }) => permissions?.['contents'] === 'write' && needs !== 'check'),
    ],
  },
  {
    name: 'known faults stop it',
    faults: (workflow) => [...runs(workflow, /npm audit .*--audit-level=high/), ...runs(workflow, /npm audit signatures/)],
  },
  {
    name: 'the image has a provenance',
    faults: (workflow) => [
      ...runs(workflow, /--provenance=mode=max/),
      ...(steps(workflow).some(({ uses }) => uses?.startsWith('actions/attest-build-provenance@')) ? [] : ['attestation']),
    ],
  },
  {
    name: 'it is signed without a key, by digest',
    faults: (workflow) => [
      ...runs(workflow, /cosign sign --yes "\$IMAGE@\$DIGEST"/),
      ...steps(workflow).flatMap(({ run = '' }) => (/cosign .*--key/.test(run) ? ['--key'] : [])),
      ...jobs(
        workflow,
        ({ permissions, steps: own }) => own.some(({ run }) => run?.includes('cosign')) && permissions?.['id-token'] !== 'write',
      ),
    ],
  },
  {
    name: 'it says what it is made of',
    faults: (workflow) => [...runs(workflow, /npm run --silent sbom/), ...runs(workflow, /cosign attest .*--type cyclonedx/)],
  },
];
