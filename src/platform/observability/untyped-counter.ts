import { Counter } from 'prom-client';

/**
 * A counter whose name is fixed and does not end in `_total`. Prometheus reserves the type `counter` for names that do, so it is exposed as `untyped`; `rate()` and
 * `increase()` take it all the same.
 */
export class UntypedCounter<Label extends string> extends Counter<Label> {
  override async get(): ReturnType<Counter<Label>['get']> {
    return { ...(await super.get()), type: 'untyped' as never };
  }
}
