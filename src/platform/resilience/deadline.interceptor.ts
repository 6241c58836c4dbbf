import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Problem } from '../problems/problem.js';
import type { RequestContext } from '../tenancy/request-context.js';

/**
 * Answers a service that waits only so long before it has gone. Calls that leave for it end by the same signal. What is being stored is stored to its end
 * and its idempotency key is kept, so that the same message sent again finds it.
 */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(private readonly cls: ClsService<RequestContext>) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const signal = this.cls.get('deadline')?.signal;
    if (!signal) return next.handle();
    if (signal.aborted) throw tooLate();
    return from(beforeAborted(lastValueFrom(next.handle(), { defaultValue: undefined }), signal));
  }
}

function beforeAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(tooLate());
    signal.addEventListener('abort', stop, { once: true });
    answer
      // What failed because its time was up is late, whatever it says.
      .catch((error: unknown) => Promise.reject(signal.aborted ? tooLate() : error))
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

function tooLate(): Problem {
  return new Problem('deadline-exceeded', 'The work was not done in the time that the caller gave it.');
}
