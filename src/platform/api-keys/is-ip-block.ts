import { ValidateBy } from 'class-validator';
import { parseIpBlock } from '../../events/ip-block.js';

/** Every item is an address or a block of addresses (CIDR). */
export function IsIpBlock(): PropertyDecorator {
  return ValidateBy({
    name: 'isIpBlock',
    validator: {
      validate: (items) => Array.isArray(items) && items.every((item) => typeof item === 'string' && parseIpBlock(item) !== undefined),
      defaultMessage: (fault) => `${fault?.property ?? 'it'} must be addresses or blocks of them, as in 203.0.113.0/24 or 2001:db8::/32`,
    },
  });
}
