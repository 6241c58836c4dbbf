import type { ActionKind, ActionTarget } from '../../contracts/containment.js';
import { ACTION_CATALOGUE } from './action-catalogue.js';
import { blockableAddress } from './blockable-address.js';
import { blockableDomain } from './blockable-domain.js';
import { isBuiltInAccount } from './built-in-account.js';

const LONGEST_VALUE = 512;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A target in the form that it is acted on, or why it is not to be touched. */
export type CheckedTarget = { readonly target: ActionTarget } | { readonly refusal: string };

/** Checks that a kind of action may touch a target, and brings the target to its canonical form. */
export function checkTarget(kind: ActionKind, { type, value }: ActionTarget): CheckedTarget {
  if (!ACTION_CATALOGUE[kind].targets.includes(type)) return { refusal: `${kind} does not take a target of type ${type}` };
  if (value.trim() === '' || value.length > LONGEST_VALUE || CONTROL.test(value)) return { refusal: 'the target is not a name' };
  const form = CANONICAL[type](value);
  return 'refusal' in form ? { refusal: `${JSON.stringify(value)} ${form.refusal}` } : { target: { type, value: form.value } };
}

type Form = { readonly value: string } | { readonly refusal: string };

const CANONICAL: Readonly<Record<ActionTarget['type'], (value: string) => Form>> = {
  ip: (value) => {
    const checked = blockableAddress(value);
    return 'refusal' in checked ? checked : { value: checked.address };
  },
  domain: (value) => {
    const checked = blockableDomain(value);
    return 'refusal' in checked ? checked : { value: checked.domain };
  },
  host: (value) => {
    const host = value.trim().toLowerCase();
    return host === 'localhost' ? { refusal: 'names no host' } : { value: host };
  },
  user: account,
  cloud_account: (value) => ({ value: value.trim() }),
  process: (value) => ({ value }),
  file: (value) => ({ value }),
  incident: (value) => ({ value }),
};

function account(value: string): Form {
  return isBuiltInAccount(value) ? { refusal: 'is an account of the system itself' } : { value: value.trim().toLowerCase() };
}
