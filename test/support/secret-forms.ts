/** A form that secrets have, and that nothing else has. */
interface SecretForm {
  readonly name: string;
  readonly form: RegExp;
}

/** Our own API keys, and what the services that this project may meet give out. */
export const SECRET_FORMS: readonly SecretForm[] = [
  { name: 'API key of GATRA', form: /gtr_(?:live|test|svc)_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}/g },
  { name: 'private key', form: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[\w+/]/g },
  { name: 'private key in JSON', form: /"private_key(?:_id)?"\s*:\s*"[^"]{20}/g },
  { name: 'access key of AWS', form: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { name: 'API key of Google', form: /\bAIza[\w-]{35}\b/g },
  { name: 'access token of Google', form: /\bya29\.[\w-]{30,}/g },
  { name: 'token of GitHub', form: /\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{22,})/g },
  { name: 'token of npm', form: /\bnpm_[0-9A-Za-z]{36}\b/g },
  { name: 'token of Slack', form: /\bxox[abeoprs]-[\w-]{10,}/g },
  { name: 'address of a Slack webhook', form: /hooks\.slack\.com\/services\/T\w+\/B\w+\/\w{20,}/g },
  { name: 'JSON Web Token', form: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/g },
  { name: 'password in a URL', form: /\b[a-z][a-z+]+:\/\/[^\s:/@'"`$<{[]*:[^\s:/@'"`$<{]{12,}@/g },
];

/** What looks like a secret in a text: the name of its form, and what it is. */
export function secretsIn(text: string): readonly (readonly [name: string, secret: string])[] {
  return SECRET_FORMS.flatMap(({ name, form }) => [...text.matchAll(form)].map(([secret]) => [name, secret] as const));
}
