import { TLP_MARKINGS, type Tlp } from '../../contracts/tlp.js';

/** Ids of the marking definitions that STIX 2.1 (section 7.2.1.4, TLP 1.0) and the OASIS TLP 2.0 extension fix. */
const DEFINITIONS: ReadonlyMap<string, Tlp> = new Map([
  ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9', 'clear'],
  ['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da', 'green'],
  ['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82', 'amber'],
  ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'red'],
  ['marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487', 'clear'],
  ['marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb', 'green'],
  ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421', 'amber'],
  ['marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003', 'amber+strict'],
  ['marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1', 'red'],
]);

/** The marking that a definition's id stands for. */
export function tlpOfDefinition(id: string): Tlp | undefined {
  return DEFINITIONS.get(id);
}

/** The marking that a label says: `tlp:amber+strict`, `TLP:WHITE`. What is said in the words of TLP and is none of its markings counts as the closest. */
export function tlpOfLabel(label: string): Tlp | undefined {
  const [, said = ''] = label.toLowerCase().split(/^tlp:/, 2);
  const name = said.trim();
  if (name === '') return undefined;
  return name === 'white' ? 'clear' : (TLP_MARKINGS.find((marking) => marking === name) ?? 'red');
}
