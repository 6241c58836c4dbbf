/** How an event took the thread down that inspected it, from what the thread has died of. */
export function lossOf(error: unknown): string {
  if (isExhausted(error)) return 'exhausted the memory of the thread';
  return `ended the thread: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
}

function isExhausted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
