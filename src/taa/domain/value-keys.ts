import { mutexName } from './mutex-name.js';

/** What a value that is looked up as it is goes by. */
export const VALUE_KEYS = {
  file_name: (path: string) => path.slice(startOfName(path)).toLowerCase(),
  file_hash: (digest: string) => digest.toLowerCase(),
  email: (address: string) => address.toLowerCase(),
  mutex: mutexName,
};

/** Where a path's last part begins. */
function startOfName(path: string): number {
  return Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1;
}
