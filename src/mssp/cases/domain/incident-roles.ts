import { CLASSIFICATIONS, type Classification } from '../../../contracts/verdict.js';

/** What an alert does to incidents by its verdict: `core` opens and links them, `border` joins the nearest one, `none` stays outside. */
export type IncidentRole = 'core' | 'border' | 'none';

/** Suspicious and worse is core, low risk is border, benign stays outside. */
export function roleOf(classification: Classification): IncidentRole {
  if (CLASSIFICATIONS.indexOf(classification) >= CLASSIFICATIONS.indexOf('suspicious')) return 'core';
  return classification === 'low_risk' ? 'border' : 'none';
}
