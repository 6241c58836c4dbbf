import type { ContainmentAction } from '../../contracts/containment.js';
import type { AuditRecord } from '../../platform/audit/audit-record.js';
import { ChainVerifier, type ChainFault } from '../../platform/audit/hash-chain.js';
import type { ApiClient } from '../client/api-client.js';
import type { Outcome } from './collect-outcome.js';
import { waitForAction } from './await-action.js';
import { gravest, heading } from './report.js';

/** What this part of the demo works with. */
export interface Containment {
  readonly outcome: Outcome;
  readonly client: (role: string) => ApiClient;
  readonly tenant: string;
  readonly print: (text: string) => void;
}

/** An action that waits, with what a person approves by. */
interface Approval {
  readonly approval_id: string;
  readonly requested_by: string;
  readonly action: ContainmentAction;
}

const LIST_OF = { block_ip: 'ip', block_domain: 'domain' } as const;

/** Approves a waiting block as a second person, shows it in the published list, and verifies the audit log. Answers whether that holds. */
export async function contain(demo: Containment): Promise<boolean> {
  const approval = await waitingBlock(demo);
  if (approval) await approveAndShow(demo, approval);
  else demo.print(`${heading('Containment')}\n  nothing waits for approval`);
  return verify(demo);
}

async function waitingBlock({ client, outcome }: Containment): Promise<Approval | undefined> {
  const incident = gravest(outcome)?.incident_id;
  const waiting: Approval[] = [];
  for await (const approval of client('responder').list<Approval>('/api/v1/approvals?status=pending')) {
    if (approval.action.kind in LIST_OF) waiting.push(approval);
  }
  const inIncident = waiting.filter(({ action }) => action.incident_id === incident);
  return inIncident.find(({ action }) => action.kind === 'block_ip') ?? inIncident[0] ?? waiting[0];
}

async function approveAndShow({ client, tenant, print, outcome }: Containment, { approval_id, action }: Approval): Promise<void> {
  const pending = outcome.actions.filter(({ status }) => status === 'pending_approval').length;
  print(heading('Containment'));
  print(`  ${pending} actions wait for a person; one of them: ${action.kind} ${action.target.value} (risk ${action.risk})`);
  print(`  asked for by ${action.requested_by}: ${action.reason}`);
  const responder = client('responder');
  await responder.post(`/api/v1/approvals/${approval_id}/approve`, { comments: 'seen in the demo', digest: action.digest });
  const done = await waitForAction(responder, action.action_id);
  print(`  approved by ${done.approvals.map(({ approver }) => approver).join(', ')}; status ${done.status}`);
  const list = LIST_OF[action.kind as keyof typeof LIST_OF];
  const { username, password } = await client('tenant_admin').post<{ username: string; password: string }>(
    `/api/v1/edl/${list}/credential`,
  );
  const content = await responder.text(`/edl/${tenant}/${list}`, username, password);
  print(`  what firewalls now read at /edl/${tenant}/${list}:`);
  for (const line of content.trim().split('\n')) print(`    ${line}`);
}

async function verify({ client, tenant, print }: Containment): Promise<boolean> {
  const verifier = new ChainVerifier(tenant);
  let fault: ChainFault | undefined;
  for await (const record of client('responder').list<AuditRecord>('/api/v1/audit')) fault ??= verifier.check(record);
  const { index: records, hash } = verifier.end;
  print(heading('Audit'));
  if (fault) print(`  FAULT at record ${fault.index}: ${fault.reason}`);
  else print(`  ${records.toLocaleString('en')} records, chain verified, head ${hash}`);
  return !fault && records > 0;
}
