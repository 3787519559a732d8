/** Where what is remembered of an adapter lies in a cache: all that a session needs to see that nothing is. */
import { VERSION } from '../core/version.ts';

/** Where the tuner keeps what it found: text by key. Either method may reject; tuning goes on without it. */
export interface TuningCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
}

/** Features that change which candidates there are. */
const FEATURES = ['shader-f16', 'subgroups'] as const;

/**
 * The key of a device's entry: tilewise's version, and what tells adapters and drivers apart. Pages see a vague
 * architecture and no driver; Node sees both.
 */
export function tuningKey({ adapterInfo, features }: Pick<GPUDevice, 'adapterInfo' | 'features'>): string {
  const told: Partial<GPUAdapterInfo> & { readonly driver?: unknown } = adapterInfo ?? {};
  const { vendor, architecture, device, description, driver } = told;
  const parts = [vendor, architecture, device, description, typeof driver === 'string' ? driver : ''];
  return JSON.stringify(['tilewise', VERSION, ...parts, ...FEATURES.filter((name) => features.has(name))]);
}
