import { containersOf, podsOf, type Container, type Manifest, type PodSpec } from './manifest.js';

/** Something that every rendered installation keeps to. */
export interface Rule {
  readonly name: string;
  /** What breaks it; empty where it is kept. */
  readonly faults: (manifests: readonly Manifest[]) => readonly string[];
  /** Breaks it, in manifests that kept it: a rule that notices nothing is none. */
  readonly harm: (manifests: readonly Manifest[]) => void;
}

/** A rule on each pod as a whole. */
export function onPods(name: string, isKept: (pod: PodSpec) => boolean, harm: (pod: PodSpec) => void): Rule {
  return {
    name,
    faults: (manifests) => podsOf(manifests).flatMap(({ of, spec }) => (isKept(spec) ? [] : [of])),
    harm: (manifests) => harm(only(podsOf(manifests)).spec),
  };
}

/** A rule on each container of each pod. */
export function onContainers(
  name: string,
  isKept: (container: Container, pod: PodSpec) => boolean,
  harm: (container: Container, pod: PodSpec) => void,
): Rule {
  return {
    name,
    faults: (manifests) =>
      podsOf(manifests).flatMap(({ of, spec }) =>
        containersOf(spec).flatMap((container) => (isKept(container, spec) ? [] : [`${of}, container ${container.name}`])),
      ),
    harm: (manifests) => {
      const { spec } = only(podsOf(manifests));
      harm(only(containersOf(spec)), spec);
    },
  };
}

/** The first of some that there must be. */
export function only<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('there is nothing to look at');
  return first;
}
