import type { Random } from './random.js';

export const COMPANY_DOMAIN = 'acme.example.com';
/** NetBIOS name of the Windows domain. */
export const NETBIOS_DOMAIN = 'ACME';
/** The address that the company's traffic leaves from. */
export const EGRESS_ADDRESS = '192.0.2.10';
export const CLOUD_ACCOUNT = '111122223333';

const DOMAIN_SID = 'S-1-5-21-1004336348-1177238915-682003330';
const PEOPLE = 80;
const WORKSTATIONS = 60;

type Department = 'finance' | 'sales' | 'engineering' | 'operations' | 'people' | 'it';

export interface Person {
  readonly name: string;
  /** Domain account, `j.moreau`. */
  readonly account: string;
  readonly sid: string;
  readonly department: Department;
  readonly workstation: Machine;
  /** Second account with administrative rights, for members of IT. */
  readonly adminAccount?: string;
}

export interface Machine {
  readonly name: string;
  readonly fqdn: string;
  readonly address: string;
  readonly os: 'windows' | 'linux';
  /** First group of the process GUIDs that Sysmon gives out on this machine. */
  readonly machineId: string;
}

/** Everything in the company that events can be about. */
export interface Company {
  readonly people: readonly Person[];
  readonly administrators: readonly Person[];
  readonly developers: readonly Person[];
  readonly workstations: readonly Machine[];
  readonly servers: Readonly<Record<ServerName, Machine>>;
}

const SERVERS = {
  DC01: '10.20.0.10',
  DC02: '10.20.0.11',
  FS01: '10.20.0.21',
  FS02: '10.20.0.22',
  APP01: '10.20.0.31',
  SQL01: '10.20.0.32',
  DEPLOY01: '10.20.0.41',
  BACKUP01: '10.20.0.42',
  'web-01': '10.20.0.51',
  'web-02': '10.20.0.52',
  'db-01': '10.20.0.53',
  'bastion-01': '10.20.0.5',
} as const;

type ServerName = keyof typeof SERVERS;

const FIRST_NAMES =
  'Ada Bruno Clara Dmitri Elif Farid Greta Hugo Ines Jonas Keiko Lukas Maren Nadia Oskar Petra Quentin Rosa Samir Tilda Umar Vera Wanda Xenia Yara Zoltan'.split(
    ' ',
  );
const LAST_NAMES =
  'Moreau Keller Lopez Nowak Ortiz Bauer Singh Okafor Larsen Petrov Costa Haddad Meyer Tanaka Rossi Novak Fischer Silva Kaya Jensen Dubois Moretti Varga Lindqvist Abebe Farrell'.split(
    ' ',
  );

/** Share of each department; people are dealt to them in this order, over and over. */
const DEPARTMENTS: readonly Department[] = [
  'finance',
  'engineering',
  'sales',
  'operations',
  'engineering',
  'sales',
  'people',
  'engineering',
  'operations',
  'it',
];

/** Builds the company of a seed: ~80 people, 60 workstations, 8 Windows and 4 Linux servers. */
export function buildCompany(random: Random): Company {
  const workstations = Array.from({ length: WORKSTATIONS }, (_, index) =>
    machine(random, `WS-${String(index + 1).padStart(3, '0')}`, `10.20.1.${index + 10}`),
  );
  const taken = new Set<string>();
  const people = Array.from({ length: PEOPLE }, (_, index) => person(random, index, workstations, taken));
  return {
    people,
    administrators: people.filter(({ department }) => department === 'it'),
    developers: people.filter(({ department }) => department === 'engineering'),
    workstations,
    servers: Object.fromEntries(
      Object.entries(SERVERS).map(([name, address]) => [name, machine(random, name, address)]),
    ) as unknown as Record<ServerName, Machine>,
  };
}

function person(random: Random, index: number, workstations: readonly Machine[], taken: Set<string>): Person {
  let first: string;
  let last: string;
  let account: string;
  do {
    first = random.pick(FIRST_NAMES);
    last = random.pick(LAST_NAMES);
    account = `${first.charAt(0)}.${last}`.toLowerCase();
  } while (taken.has(account));
  taken.add(account);
  const workstation = workstations[index % workstations.length];
  const department = DEPARTMENTS[index % DEPARTMENTS.length];
  if (workstation === undefined || department === undefined) throw new RangeError('a company needs workstations and departments');
  const admin = department === 'it' ? { adminAccount: `adm.${last.toLowerCase()}` } : {};
  return { name: `${first} ${last}`, account, sid: `${DOMAIN_SID}-${1100 + index}`, department, workstation, ...admin };
}

function machine(random: Random, name: string, address: string): Machine {
  const os = /^[a-z]/.test(name) ? 'linux' : 'windows';
  return { name, fqdn: `${name}.${COMPANY_DOMAIN}`, address, os, machineId: random.hex(8) };
}

/** Security identifier of an account of the domain; -500 is the built-in administrator. */
export function domainSid(relativeId: number): string {
  return `${DOMAIN_SID}-${relativeId}`;
}
