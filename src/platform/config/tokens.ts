/** Injection token of the app's `Config`. */
export const CONFIG = Symbol('config');

/** Injection token of the app's `Secrets`. */
export const SECRETS = Symbol('secrets');
