/** Words that nobody else uses: what a tenant's canaries are made of, and known again by. */
export interface Canary {
  readonly host: string;
  readonly user: string;
  /** Of the documentation range (RFC 3849), so that blocking it blocks nobody. */
  readonly ip: string;
  /** Of a reserved name (RFC 2606). */
  readonly domain: string;
  /** SHA-256, hex. */
  readonly hash: string;
  /** File name of a program. */
  readonly process: string;
  /** Stands in the command line of the event. */
  readonly word: string;
  readonly correlationId: string;
  /** Whom the tenant's key is made for. */
  readonly principal: string;
}

/** Makes a canary of 32 random bytes. */
export function makeCanary(random: Buffer): Canary {
  const hex = random.toString('hex');
  const name = `canary-${hex.slice(0, 12)}`;
  const groups = [hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 24)].map((group) => `f${group.slice(1)}`);
  return {
    host: `${name}h`,
    user: `${name}u`,
    ip: `2001:db8:${groups.join(':')}:1:1:1`,
    domain: `${name}.example`,
    hash: hex,
    process: `${name}p.exe`,
    word: `word${hex.slice(24, 44)}`,
    correlationId: `probe-${hex.slice(44, 60)}`,
    principal: `${name}k@probe.example`,
  };
}

/** What a canary answers to by the name of a query parameter. */
export function filterValues(canary: Canary): ReadonlyMap<string, string> {
  return new Map([
    ['host', canary.host],
    ['user', canary.user],
    ['ip', canary.ip],
    ['hash', canary.hash],
    ['process', canary.process],
    ['q', canary.word],
    ['entity', `host:${canary.host}`],
    ['value', canary.domain],
    ['correlation_id', canary.correlationId],
  ]);
}

/** The event that carries a canary: a process creation that the starter rules raise a critical alert for. */
export function canaryEvent(canary: Canary, now: Date): Readonly<Record<string, unknown>> {
  return {
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Hostname: canary.host,
    '@timestamp': now.toISOString(),
    Image: `C:\\Probe\\${canary.process}`,
    CommandLine: `${canary.process} comsvcs.dll, MiniDump ${canary.word}`,
    ParentImage: 'C:\\Windows\\System32\\cmd.exe',
    User: canary.user,
    Hashes: `SHA256=${canary.hash}`,
    SourceIp: canary.ip,
  };
}

/** The STIX 2.1 bundle with the indicator of a canary. */
export function canaryBundle(canary: Canary, ids: { readonly indicator: string; readonly bundle: string }, now: Date): object {
  const at = now.toISOString();
  const indicator = {
    type: 'indicator',
    spec_version: '2.1',
    id: ids.indicator,
    created: at,
    modified: at,
    valid_from: at,
    name: 'Canary of an isolation probe',
    pattern: `[domain-name:value = '${canary.domain}']`,
    pattern_type: 'stix',
  };
  return { type: 'bundle', id: ids.bundle, objects: [indicator] };
}
