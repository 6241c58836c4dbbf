/** Bounds of a list in time, as RFC 3339 UTC with milliseconds; what is left out does not bound. */
export function timeBounds(from: string | undefined, to: string | undefined): { readonly from?: string; readonly to?: string } {
  return {
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
  };
}
