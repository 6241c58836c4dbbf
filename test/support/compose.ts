import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';

/** A volume of a service, or a file that it is given as a secret. */
export interface Mount {
  readonly type?: string;
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
}

/** A service of a composition, as far as rules ask of it. */
export interface ComposeService {
  readonly image?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly pid?: string;
  readonly ipc?: string;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly volumes?: readonly Mount[];
  readonly secrets?: readonly Mount[];
  readonly tmpfs?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> } };
}

/** A composition. */
export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, { readonly file?: string }>>;
}

/** Reads a compose file with its merge keys. */
export function readCompose(file: string): Compose {
  return load(readFileSync(file, 'utf8'), { schema: CORE_SCHEMA.withTags(mergeTag) }) as Compose;
}

/** One file laid over another, as an engine does it for what is laid over here: what is new is added, a service's mappings are joined. */
export function laidOver(below: Compose, above: Compose): Compose {
  const services = { ...below.services };
  for (const [name, service] of Object.entries(above.services)) {
    const { environment, depends_on, ...rest } = service;
    const base = services[name] ?? {};
    services[name] = {
      ...base,
      ...rest,
      environment: { ...base.environment, ...environment },
      depends_on: { ...base.depends_on, ...depends_on },
    };
  }
  return {
    services,
    networks: { ...below.networks, ...above.networks },
    volumes: { ...below.volumes, ...above.volumes },
    secrets: { ...below.secrets, ...above.secrets },
  };
}

/** Names of the networks of a service. */
export function networksOf({ networks = [] }: ComposeService): readonly string[] {
  return Array.isArray(networks) ? (networks as readonly string[]) : Object.keys(networks);
}
