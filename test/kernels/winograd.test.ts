/** Winograd convolution without a GPU: its matrices, how tiles are cut into chunks, where it is tried first. */
import { describe, expect, it } from 'vitest';
import { pixelMatrix, resultMatrix, tileExtent, weightMatrix, type TileOutputs } from '../../shaders/lib/winograd.ts';
import { DEFAULT_LIMITS, type AdapterClass, type DeviceProfile } from '../../src/core/limits.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import type { KernelCall } from '../../src/kernels/definition.ts';
import { preferredConv } from '../../src/kernels/conv/preferred.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { lowerCase, prepare, variantsOf } from '../helpers/lower-case.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { randomSource } from '../helpers/random.ts';

interface Layer {
  readonly side: number;
  readonly inC: number;
  readonly outC: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly group?: number;
  readonly constant?: boolean;
}

function layer({ side, inC, outC, stride = 1, dilation = 1, group = 1, constant = true }: Layer): OpCase<'Conv'> {
  return {
    name: `${side}²×${inC} to ${outC}`,
    op: 'Conv',
    inputs: [{ shape: [1, side, side, inC] }, { shape: [3, 3, inC / group, outC], constant }],
    attributes: {
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads: [1, 1, 1, 1],
      padMode: 'explicit',
      group,
      activation: NO_ACTIVATION,
    },
  };
}

const profile = (adapterClass: AdapterClass, subgroupSize?: number): DeviceProfile => ({
  limits: DEFAULT_LIMITS,
  adapterClass,
  features: subgroupSize === undefined ? [] : ['subgroups'],
  ...(subgroupSize === undefined ? {} : { subgroupSize }),
});

const LAVAPIPE = profile('software', 8);
const SWIFTSHADER = profile('software', 4);

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, c, i) => sum + c * at(vector, i), 0));

/** Sums of absolute values that the three transforms can grow to, in one direction; see kernels/conv/winograd.ts. */
function growth(outputs: TileOutputs): number {
  const [b, g, a] = [pixelMatrix(outputs), weightMatrix(outputs), resultMatrix(outputs)];
  const sizes = b.map((row) => row.reduce((sum, c) => sum + Math.abs(c), 0));
  return Math.max(
    ...a.flatMap((row) =>
      range(3).map((k) => row.reduce((sum, c, i) => sum + Math.abs(c) * Math.abs(at(at(g, i), k)) * at(sizes, i), 0)),
    ),
  );
}

describe.each([2, 4] as const)('F(%i, 3)', (outputs) => {
  it('is a correlation', () => {
    const random = randomSource(outputs);
    for (let trial = 0; trial < 20; trial++) {
      const pixels = range(tileExtent(outputs)).map(() => random() - 0.5);
      const weights = range(3).map(() => random() - 0.5);
      const [v, u] = [times(pixelMatrix(outputs), pixels), times(weightMatrix(outputs), weights)];
      const results = times(
        resultMatrix(outputs),
        v.map((value, i) => value * at(u, i)),
      );
      results.forEach((y, i) => {
        const expected = weights.reduce((sum, w, k) => sum + w * at(pixels, i + k), 0);
        // In float64, of values below 1.
        expect(Math.abs(y - expected)).toBeLessThan(1e-14);
      });
    }
  });

  it('grows rounding errors by no more than is claimed', () => {
    expect(growth(outputs) ** 2).toBeLessThan(outputs === 2 ? 16.001 : 157.2);
  });
});

/** Scratch memory of the calls, in bytes. */
function scratchBytes(calls: readonly KernelCall[]): number {
  const sizes = new Map<string, number>();
  for (const operand of calls.flatMap(({ operands }) => operands)) {
    if (operand.kind === 'scratch') sizes.set(operand.id, operand.elements * 4);
  }
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

describe('chunks', () => {
  it.each([
    { side: 224, inC: 64, outC: 64 },
    { side: 57, inC: 64, outC: 64 },
    { side: 14, inC: 512, outC: 512 },
  ])('of $side²×$inC take little memory, and every tile once', (c) => {
    for (const [name, outputs] of [
      ['winograd-4x4-subgroup', 4],
      ['winograd-2x2-subgroup', 2],
    ] as const) {
      const calls = lowerCase(layer(c), name, { device: LAVAPIPE });
      const inputs = calls.filter(({ operands }) => operands.some((o) => o.kind === 'value' && o.name === 'x0'));
      const ends = inputs.map(({ params }) => (params['first'] ?? NaN) + (params['tiles'] ?? NaN));
      expect(inputs.map(({ params }) => params['first'])).toEqual([0, ...ends.slice(0, -1)]);
      expect(ends.at(-1)).toBe(Math.ceil(c.side / outputs) ** 2);
      const around = 4 * product([c.side, c.side, c.inC + c.outC]);
      const step = 25 * tileExtent(outputs) ** 2 * 4 * (c.inC + c.outC);
      expect(scratchBytes(calls)).toBeLessThanOrEqual(Math.max(1 << 20, around / 8) + step);
    }
  });

  it('share their shaders', () => {
    const calls = lowerCase(layer({ side: 224, inC: 64, outC: 64 }), 'winograd-4x4-subgroup', { device: LAVAPIPE });
    expect(calls.length).toBeGreaterThan(12);
    expect(new Set(calls.map(({ shader }) => shader.wgsl)).size).toBeLessThanOrEqual(4);
  });
});

const firstFor = (c: Layer, device: DeviceProfile): string | undefined =>
  preferredConv(prepare(layer(c), { device }).context)[0];

describe('choice', () => {
  it.each([
    { side: 56, inC: 64, outC: 64 },
    { side: 28, inC: 128, outC: 128 },
    { side: 14, inC: 256, outC: 256 },
    { side: 7, inC: 512, outC: 512 },
    { side: 224, inC: 64, outC: 64 },
    { side: 14, inC: 512, outC: 512 },
    { side: 35, inC: 64, outC: 96 },
    { side: 8, inC: 448, outC: 384 },
  ])('$side²×$inC is Winograd on software adapters', (c) => {
    for (const device of [LAVAPIPE, SWIFTSHADER]) expect(firstFor(c, device)).toMatch(/^winograd-.*-subgroup$/);
    expect(firstFor(c, profile('software'))).toMatch(/^winograd-.*-registers$/);
  });

  it('is left to others where the transforms outweigh what they save', () => {
    for (const device of [LAVAPIPE, SWIFTSHADER, profile('discrete'), profile('mobile')]) {
      expect(firstFor({ side: 112, inC: 3, outC: 32 }, device) ?? '').not.toMatch(/^winograd/);
      expect(firstFor({ side: 4, inC: 64, outC: 64 }, device) ?? '').not.toMatch(/^winograd/);
    }
  });

  it('is by channels and tiles on GPUs', () => {
    expect(firstFor({ side: 14, inC: 256, outC: 256 }, profile('discrete'))).toBe('winograd-2x2-tiled');
    expect(firstFor({ side: 112, inC: 64, outC: 64 }, profile('discrete'))).toBe('winograd-4x4-tiled');
    expect(firstFor({ side: 56, inC: 32, outC: 64 }, profile('discrete')) ?? '').not.toMatch(/^winograd/);
    expect(firstFor({ side: 56, inC: 128, outC: 128 }, profile('mobile'))).toBe('winograd-4x4-registers');
  });

  it('is of dilated layers, too: their tiles lie in the images between the holes', () => {
    const names = variantsOf(layer({ side: 9, inC: 64, outC: 64, dilation: 2 }), { device: LAVAPIPE });
    expect(names[0]).toMatch(/^winograd/);
  });

  it.each([{ stride: 2 }, { group: 2 }, { constant: false }])('is no other convolution: %o', (extra) => {
    const names = variantsOf(layer({ side: 9, inC: 64, outC: 64, ...extra }), { device: LAVAPIPE });
    expect(names.filter((name) => name.startsWith('winograd'))).toEqual([]);
  });
});
