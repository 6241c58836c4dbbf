const SECRET = '[redacted]';
const PERSONAL = '[personal]';

/** Fields whose values are secrets, whatever they hold. */
const SECRET_FIELDS = new Set(
  `authorization proxy_authorization cookie set_cookie x_api_key x_service_signature signature api_key apikey access_token refresh_token id_token
   token password passwd client_secret private_key`.split(/\s+/),
);

/** Fields that name or describe people. The audit log says who did what; logs name things by their ids. */
const PERSONAL_FIELDS = new Set(
  'email mail user username user_name principal subject analyst approver assignee requested_by full_name display_name comments'.split(' '),
);

/** Secrets and addresses of people inside of texts: keys of ours, tokens (JWS), credentials of HTTP and of URLs, e-mail addresses. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\bgtr_(?:live|test|svc)_\w{1,128}/g, SECRET],
  [/\beyJ[\w.-]{16,4096}/g, SECRET],
  [/\b(Bearer|Basic) [\w.~+/=-]{4,}/gi, `$1 ${SECRET}`],
  [/:\/\/[^\s/@]+@/g, `://${SECRET}@`],
  [/(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, PERSONAL],
];

/** What is written in the place of a field's value because of its name; `undefined` where the value may be written. */
export function redactionOf(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll('-', '_');
  if (SECRET_FIELDS.has(plain)) return SECRET;
  return PERSONAL_FIELDS.has(plain) ? PERSONAL : undefined;
}

/** A text without the secrets and the addresses of people that it holds. */
export function redacted(text: string): string {
  return MASKS.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text);
}
