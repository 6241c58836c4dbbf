/** What a tenant's receivers check webhooks with. */
export class WebhookKeyDto {
  /** Header that holds the signature: `t={seconds},v1={hex}`. */
  header: string;
  /** `v1` is HMAC-SHA-256 over `{t}.{raw body}` with the key's bytes. */
  algorithm: string;
  /** 32 bytes, hex. */
  key: string;
}
