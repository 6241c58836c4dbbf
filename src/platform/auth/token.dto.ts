/** Answer of the token exchange. */
export class TokenDto {
  /** JWT, to be sent as `Authorization: Bearer`. */
  access_token: string;
  token_type: 'bearer';
  /** Seconds until it expires. */
  expires_in: number;
}
