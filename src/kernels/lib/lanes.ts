/** Software adapters by the lanes of their subgroups. */
import type { DeviceProfile } from '../../core/limits.ts';

/**
 * Which measurements hold for a software adapter: those of lavapipe, whose subgroups have eight lanes or more, or those
 * of SwiftShader.
 */
export function lanesOf({ subgroupSize = 8 }: Pick<DeviceProfile, 'subgroupSize'>): 'wide' | 'narrow' {
  return subgroupSize >= 8 ? 'wide' : 'narrow';
}
