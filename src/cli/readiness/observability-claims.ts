import { claimsOf } from './assessment.js';

/** Logs, correlation, metrics, health, traces, alerts, runbook. */
export const OBSERVABILITY_CLAIMS = claimsOf('Observability', [
  ['3.2', 'logs are structured, with time, level, service, correlation and tenant', 'R30', 'settings.log-format'],
  ['3.2', 'logs hold no secrets, no persons and no forged lines', 'R30 HOS-07 KEY-02', 'settings.log-level'],
  ['3.2', 'a correlation id is made or taken at the entry, and returned', 'R07'],
  ['3.2', 'it is carried across services and in every log line', 'R21 R07'],
  ['3.2', 'metrics in the form of Prometheus, of each kind', 'R31', 'deployment.unauthenticated settings.metrics'],
  ['3.2', 'metrics stay bounded and tell nothing internal', 'P24 TEN-14'],
  ['3.2', 'liveness, readiness and a summary', 'R32 RES-11', 'deployment.health'],
  ['3.2', 'readiness looks at each dependency', 'R32'],
  ['3.2', 'the states of limits and circuits can be seen', 'R27 R41', 'deployment.circuits'],
  ['3.3', 'spans of distributed traces, over queue, retry and containment', 'R33 OPS-11'],
  ['3.3', 'alerting rules, tested firing and silent', 'R34 OPS-06'],
  ['3.3', 'every metric of a rule exists, and every alert has its section', 'OPS-07'],
  ['5.2', 'dashboards without an empty panel', 'OPS-08'],
  ['6.3', 'a request can be followed from end to end', 'R07 R33'],
  ['8.3', 'objectives, and alerts on what is burnt of them', 'OPS-09'],
  ['8.3', 'a runbook whose commands work', 'R64'],
]);
