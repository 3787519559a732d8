/** Which variant of a matrix product is tried first on which adapter, and that the case tables reach all of them. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import type { Dispatched } from '../../src/kernels/definition.ts';
import { KERNELS } from '../helpers/every-operator.ts';
import { gemmCases } from '../ops/cases/product/gemm.ts';
import { lowerCase, prepare, variantsOf } from '../helpers/lower-case.ts';
import type { OpCase } from '../helpers/op-case.ts';

const plain = { limits: DEFAULT_LIMITS, features: [] };
const rich = { limits: DEFAULT_LIMITS, features: ['subgroups'] };

const PROFILES = {
  software: { ...plain, adapterClass: 'software' },
  swiftshader: { ...rich, adapterClass: 'software', subgroupSize: 4 },
  lavapipe: { ...rich, adapterClass: 'software', subgroupSize: 8 },
  discrete: { ...rich, adapterClass: 'discrete', subgroupSize: 32 },
  integrated: { ...plain, adapterClass: 'integrated' },
  mobile: { ...plain, adapterClass: 'mobile' },
} as const satisfies Readonly<Record<string, DeviceProfile>>;

const gemm = KERNELS.Gemm as Dispatched<'Gemm'>;

function productCase(m: number, k: number, n: number, transB = false): OpCase<'Gemm'> {
  return {
    name: `${m}x${k}x${n}`,
    op: 'Gemm',
    inputs: [{ shape: [m, k] }, { shape: transB ? [n, k] : [k, n], constant: true }],
    attributes: { transA: false, transB, alpha: 1, beta: 1, activation: NO_ACTIVATION },
  };
}

function firstChoice(c: OpCase<'Gemm'>, device: DeviceProfile): string {
  const { context } = prepare(c, { device });
  const names = gemm.preferred?.(context) ?? [];
  return names.find((name) => gemm.variants.find((v) => v.name === name)?.tryLower(context)) ?? '';
}

describe('variants of a product', () => {
  it.each([
    // Measured: the fastest of all, or within 5 % of it, unless it is said otherwise.
    ['lavapipe', [784, 256, 512], 'subgroup-columns-25x4'],
    ['lavapipe', [49, 960, 320], 'subgroup-columns-25x4'],
    // Half as fast as subgroup-rows-4x16, and a pipeline less to compile.
    ['lavapipe', [12544, 32, 16], 'subgroup-columns-25x4'],
    ['lavapipe', [3136, 96, 24], 'subgroup-columns-25x4'],
    ['lavapipe', [3136, 58, 58], 'subgroup-columns-25x4'],
    ['lavapipe', [8, 4096, 1000], 'subgroup-columns-8x4'],
    ['lavapipe', [1, 1280, 1000], 'registers-1x4'],
    ['swiftshader', [784, 256, 512], 'subgroup-columns-16x8'],
    ['swiftshader', [12544, 32, 16], 'subgroup-columns-16x8'],
    ['swiftshader', [3136, 96, 24], 'subgroup-columns-16x8'],
    ['swiftshader', [1, 1280, 1000], 'registers-1x4'],
    // As fast as 8x8 on lavapipe, and compiled in a quarter of the time. SwiftShader, where 8x8 is faster, has subgroups.
    ['software', [784, 256, 512], 'registers-4x4'],
    ['software', [784, 58, 58], 'registers-4x4'],
    // The fastest on an H200, or within 10 % of it.
    ['discrete', [25088, 32, 192], 'tiled-64x64x16'],
    ['discrete', [196, 256, 1024], 'tiled-16x32x32'],
    ['discrete', [784, 512, 128], 'tiled-16x32x32'],
    ['discrete', [196, 1024, 512], 'split-4'],
    ['discrete', [49, 960, 160], 'split-4'],
    ['discrete', [49, 2048, 512], 'split-16'],
    ['discrete', [1, 1280, 1000], 'vector-1'],
    ['integrated', [196, 384, 96], 'tiled-32x32x32'],
    ['mobile', [784, 256, 512], 'registers-4x4'],
  ] as const)('%s: %j by %s', (profile, [m, k, n], expected) => {
    expect(firstChoice(productCase(m, k, n), PROFILES[profile])).toBe(expected);
  });

  it('are all reached by the cases of Gemm', () => {
    const reached = new Set(
      gemmCases.flatMap((c) => Object.values(PROFILES).flatMap((device) => variantsOf(c, { device }))),
    );
    expect(gemm.variants.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
  });

  it('keep to the limits that every device has', () => {
    for (const c of gemmCases) {
      for (const device of Object.values(PROFILES)) {
        for (const name of variantsOf(c, { device })) {
          for (const { shader, workgroups } of lowerCase(c, name, { device })) {
            const [x, y, z] = shader.workgroupSize;
            expect(x * y * z, name).toBeLessThanOrEqual(DEFAULT_LIMITS.maxComputeInvocationsPerWorkgroup);
            expect(Math.max(...workgroups), name).toBeLessThanOrEqual(DEFAULT_LIMITS.maxComputeWorkgroupsPerDimension);
          }
        }
      }
    }
  });

  it('do not cut or copy a large constant before they are taken', () => {
    const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 6400 };
    const { context } = prepare(productCase(17, 40, 76), { device: { ...PROFILES.lavapipe, limits } });
    const weights = context.constant('x1');
    const watched = { ...context, constant: () => weights && { ...weights, data: guarded(weights.data) } };
    expect(gemm.preferred?.(watched)).toContain('registers-4x4');
  });
});

/** Elements that may be counted but not read. */
function guarded<T extends object>(data: T): T {
  return new Proxy(data, {
    get: (target, key) => {
      if (key === 'length') return Reflect.get(target, key, target);
      throw new TypeError(`${String(key)} of a large constant was used`);
    },
  });
}
