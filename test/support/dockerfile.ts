import { DockerfileParser } from 'dockerfile-ast';

/** One instruction: its word in capitals, and what follows it. */
export interface Step {
  readonly word: string;
  readonly text: string;
}

/** From one `FROM` to the next. */
export interface Stage {
  readonly name: string | null;
  readonly base: string;
  readonly digest: string | null;
  readonly steps: readonly Step[];
}

/** A Dockerfile, as far as rules ask of it. */
export interface Dockerfile {
  readonly stages: readonly Stage[];
  /** The stage that is shipped. */
  readonly last: Stage;
  /** Names and values of every `ARG` and `ENV`. */
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/** Reads a Dockerfile. @throws Error where it has no stage. */
export function readDockerfile(text: string): Dockerfile {
  const parsed = DockerfileParser.parse(text);
  const froms = parsed.getFROMs();
  const stages = froms.map((from, at): Stage => {
    const [begins, ends] = [from.getRange().start.line, froms[at + 1]?.getRange().start.line ?? Infinity];
    const steps = parsed
      .getInstructions()
      .filter((step) => step.getRange().start.line > begins && step.getRange().start.line < ends)
      .map((step): Step => ({
        word: step.getKeyword(),
        text: step
          .getTextContent()
          .replace(/^\S+\s*/, '')
          .replaceAll(/\\\n\s*/g, ''),
      }));
    return { name: from.getBuildStage(), base: from.getImage() ?? '', digest: from.getImageDigest(), steps };
  });
  const last = stages.at(-1);
  if (last === undefined) throw new Error('the Dockerfile has no stage');
  const variables = [...parsed.getARGs(), ...parsed.getENVs()]
    .flatMap((step) => step.getProperties())
    .map((property) => [property.getName(), property.getValue() ?? ''] as const);
  return { stages, last, variables };
}

/** What the last of a stage's instructions of a word says; undefined where there is none. */
export function said(stage: Stage, word: string): string | undefined {
  return stage.steps.findLast((step) => step.word === word)?.text;
}

/** The words of an instruction in its exec form; undefined where it is for a shell. */
export function execForm(text: string | undefined): readonly string[] | undefined {
  try {
    const words: unknown = JSON.parse(text ?? '');
    return Array.isArray(words) ? words.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** The command of a health check in its exec form. */
export function healthCommand(stage: Stage): readonly string[] | undefined {
  return execForm(said(stage, 'HEALTHCHECK')?.replace(/^.*?\bCMD\s+/s, ''));
}
