import type { ClsService } from 'nestjs-cls';
import type { RequestContext } from '../tenancy/request-context.js';
import type { Deadline } from './deadline.js';

/** The deadline of the work under way. */
export function currentDeadline(cls: ClsService<RequestContext>): Deadline | undefined {
  return cls.isActive() ? cls.get('deadline') : undefined;
}
