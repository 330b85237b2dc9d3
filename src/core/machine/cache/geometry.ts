/** What follows from a cache's shape alone. */
import type { CacheConfig } from '../../presets/machine';
import { RAM_BYTES } from '../layout';

/** Whether lines of the address space can ever compete for a set of this level. */
export function canEvict(cache: CacheConfig): boolean {
  const sets = cache.sizeBytes / cache.lineBytes / cache.ways;
  return RAM_BYTES / cache.lineBytes > sets * cache.ways;
}
