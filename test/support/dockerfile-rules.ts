import { execForm, healthCommand, said, type Dockerfile, type Stage } from './dockerfile.js';

/** A rule that a Dockerfile keeps, or what is against it. */
export interface DockerfileRule {
  readonly name: string;
  faults(file: Dockerfile): readonly string[];
}

const USER = '65532:65532';
const NODE = '/nodejs/bin/node';
const SECRET = /SECRET|PASSW|TOKEN|PEPPER|CREDENTIAL|PRIVATE|_KEY$|^KEY_|APIKEY/i;
const LEAST_PORT = 1024;

const all = (file: Dockerfile) => file.stages.flatMap(({ steps }) => steps);
const unless = (isSo: boolean, fault: string): readonly string[] => (isSo ? [] : [fault]);
const isEarlier = (file: Dockerfile, stage: Stage): boolean => file.stages.some(({ name }) => name === stage.base);
const steps = (file: Dockerfile, ...words: string[]) => all(file).filter(({ word }) => words.includes(word));
const shipped = (file: Dockerfile, ...words: string[]) => file.last.steps.filter(({ word }) => words.includes(word));

/** What is asked of the image's recipe. */
export const DOCKERFILE_RULES: readonly DockerfileRule[] = [
  {
    name: 'bases are pinned by digest',
    faults: (file) =>
      file.stages
        .filter((stage) => !isEarlier(file, stage))
        .filter(({ digest }) => !/^sha256:[0-9a-f]{64}$/.test(digest ?? ''))
        .map(({ base }) => `${base} has no digest`),
  },
  {
    name: 'bases say which version they are',
    faults: (file) =>
      file.stages
        .filter((stage) => !isEarlier(file, stage))
        .filter(({ base }) => !/:[^/@]+@/.test(base) || /:latest@/.test(base))
        .map(({ base }) => `${base} names no version`),
  },
  { name: 'what builds is not what runs', faults: (file) => unless(file.stages.length > 1, 'there is one stage alone') },
  {
    name: 'the user is a number, and not root',
    faults: (file) => unless(said(file.last, 'USER') === USER, `USER is ${said(file.last, 'USER') ?? 'left out'}, not ${USER}`),
  },
  { name: 'nothing is added from elsewhere', faults: (file) => steps(file, 'ADD').map(({ text }) => `ADD ${text}`) },
  {
    name: 'nothing is fetched by hand',
    faults: (file) =>
      steps(file, 'RUN')
        .filter(({ text }) => /\b(curl|wget|apt|apt-get|apk|pip)\b|https?:\/\//.test(text))
        .map(({ text }) => `RUN ${text}`),
  },
  {
    name: 'no secret is in arguments or variables',
    faults: (file) => file.variables.filter(([name]) => SECRET.test(name)).map(([name]) => name),
  },
  {
    name: 'what is shipped is copied from the stages before, and nothing runs there',
    faults: (file) => [
      ...shipped(file, 'RUN').map(({ text }) => `RUN ${text}`),
      ...shipped(file, 'COPY')
        .filter(({ text }) => !file.stages.some(({ name }) => name !== null && text.includes(`--from=${name} `)))
        .map(({ text }) => `COPY ${text}`),
    ],
  },
  {
    name: 'dependencies are those of production',
    faults: (file) => {
      const production = file.stages.find(({ steps: own }) => own.some(({ word, text }) => word === 'RUN' && / production /.test(text)));
      const modules = shipped(file, 'COPY').filter(({ text }) => text.includes('node_modules'));
      const isTheirs = modules.length > 0 && modules.every(({ text }) => text.includes(`--from=${production?.name} `));
      return unless(isTheirs, 'node_modules come from another stage than the one of production');
    },
  },
  {
    name: 'what is shipped belongs to root, but the data',
    faults: (file) =>
      shipped(file, 'COPY')
        .filter(({ text }) => !text.includes('--chown=0:0 ') && !(text.includes(`--chown=${USER} `) && text.endsWith(' /var/lib/gatra')))
        .map(({ text }) => `COPY ${text}`),
  },
  {
    name: 'node is the first process, without a shell',
    faults: (file) => {
      const [program] = execForm(said(file.last, 'ENTRYPOINT')) ?? [];
      const command = execForm(said(file.last, 'CMD'));
      return unless(
        program === NODE && command !== undefined,
        `ENTRYPOINT is ${said(file.last, 'ENTRYPOINT')}, CMD ${said(file.last, 'CMD')}`,
      );
    },
  },
  {
    name: 'it is stopped by the signal that it drains on',
    faults: (file) =>
      unless(['SIGTERM', undefined].includes(said(file.last, 'STOPSIGNAL')), `STOPSIGNAL is ${said(file.last, 'STOPSIGNAL')}`),
  },
  {
    name: 'node asks for its health, without a shell',
    faults: (file) => unless(healthCommand(file.last)?.[0] === NODE, `HEALTHCHECK is ${said(file.last, 'HEALTHCHECK') ?? 'left out'}`),
  },
  {
    name: 'it listens where nobody needs to be root',
    faults: (file) =>
      unless(
        shipped(file, 'EXPOSE').length > 0 && shipped(file, 'EXPOSE').every(({ text }) => Number.parseInt(text, 10) >= LEAST_PORT),
        `EXPOSE ${said(file.last, 'EXPOSE') ?? 'is left out'}`,
      ),
  },
];
