/** Pools and depthwise convolutions with windows of every form on WASM kernels, against the reference. */
import { expect, it } from 'vitest';
import type { DType } from '../../src/core/dtype.ts';
import { NO_ACTIVATION, type Activation, type Window } from '../../src/ir/ops.ts';
import { loadSimd } from '../../src/simd/registry.ts';
import { at, range } from '../../src/util/arrays.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { randomSource } from '../helpers/random.ts';
import { checkOnWasm } from '../helpers/wasm-case.ts';

await loadSimd(['AveragePool', 'Conv', 'MaxPool']);

const random = randomSource(11);
const whole = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
const chosen = <T>(of: readonly T[]): T => at(of, whole(0, of.length - 1));

/** A window of a plane that is large enough for it. */
function drawn(sides: readonly number[]): {
  readonly window: Window;
  readonly kernel: number[];
  readonly plane: number[];
} {
  const kernel = [chosen(sides), chosen(sides)];
  const dilations = [whole(1, 2), chosen([1, 1, 1, 2])];
  const strides = [whole(1, 3), chosen([1, 1, 2, 2, 3])];
  const pads = [...kernel, ...kernel].map((side) => whole(0, side >> 1));
  const plane = kernel.map((side, i) => (side - 1) * at(dilations, i) + whole(1, 14));
  return { window: { strides, dilations, pads, padMode: 'explicit' }, kernel, plane };
}

const CLIP: Activation = { kind: 'clip', alpha: -0.5, beta: 0.75 };

const TYPES: readonly DType[] = ['float32', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'];

it.each(range(70))('pool %d', async (k) => {
  const { window, kernel, plane } = drawn([1, 2, 3, 5]);
  const dtype = at(TYPES, k % TYPES.length);
  const shape = [whole(1, 2), ...plane, chosen([1, 3, 15, 16, 17, 24, 40, 70])];
  const largest: OpCase<'MaxPool'> = {
    name: `max ${k}`,
    op: 'MaxPool',
    inputs: [{ shape, dtype }],
    attributes: { ...window, kernel, ceilMode: false },
  };
  const mean: OpCase<'AveragePool'> = {
    name: `mean ${k}`,
    op: 'AveragePool',
    inputs: [{ shape }],
    attributes: { ...window, kernel, ceilMode: false, countIncludePad: k % 2 === 0 },
  };
  expect(await checkOnWasm(largest, { rtol: 0, atol: 0 })).toBeGreaterThan(0);
  expect(await checkOnWasm(mean, { rtol: 1e-5, atol: 1e-5 })).toBeGreaterThan(0);
});

it.each(range(100))('depthwise %d', async (k) => {
  const { window, kernel, plane } = drawn([1, 2, 3, 3, 3, 5, 5, 7]);
  const channels = chosen([2, 3, 4, 5, 8, 13, 24]);
  const results = channels * chosen([1, 1, 1, 2, 4]);
  const c: OpCase<'Conv'> = {
    name: `depthwise ${k}`,
    op: 'Conv',
    inputs: [{ shape: [whole(1, 2), ...plane, channels] }, { shape: [...kernel, 1, results] }, { shape: [results] }],
    attributes: { ...window, group: channels, activation: k % 2 === 0 ? NO_ACTIVATION : CLIP },
  };
  expect(await checkOnWasm(c, { rtol: 1e-5, atol: 1e-5 })).toBeGreaterThan(0);
});
