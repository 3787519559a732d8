/** Weights as kernels pack them, whatever the order in which their elements lie, and in parts where they are large. */
import { expect, it } from 'vitest';
import { rearranged } from '../../src/core/lazy-tensor.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { stridedCopy } from '../../src/ops/lib/strided.ts';
import { writePacked } from '../../src/runtime/wasm/write-packed.ts';
import { instancesOf, loadModules, moduleOf } from '../../src/runtime/wasm/modules.ts';
import { pointPanels } from '../../src/simd/conv/winograd-weights.ts';
import type { KernelName, PackedOperand } from '../../src/simd/definition.ts';
import type { Kernel } from '../../src/runtime/wasm/kernel.ts';
import { panels } from '../../src/simd/product/packed-weights.ts';
import { at, ceilDiv, product, range, stridesOf } from '../../src/util/arrays.ts';
import { FULL } from '../helpers/full.ts';
import { randomSource } from '../helpers/random.ts';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

function randomTensor(shape: readonly number[], seed = 1): Tensor {
  const random = randomSource(seed);
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: product(shape) }, () => random() - 0.5),
  );
}

/** Dimensions of `[taps, depth, columns]` from the outermost to the innermost in memory: as TFLite has them, as ONNX, and the others. */
const EVERY_ORDER = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;
const ORDERS = FULL ? EVERY_ORDER : [EVERY_ORDER[0], EVERY_ORDER[5]];

/** Weights whose elements, one after the other, lie in this order. */
function ordered(weights: Tensor, order: readonly number[]): Tensor {
  const inner = stridesOf(order.map((dim) => at(weights.shape, dim)));
  const steps = weights.shape.map((_, dim) => at(inner, order.indexOf(dim)));
  return rearranged(weights, weights.shape, steps, () => stridedCopy(weights, weights.shape, steps).data);
}

/** The elements that an operand's kernels write: none lies outside what it has, nor outside what it stages. */
async function packed(operand: PackedOperand, modules: readonly ('base' | 'winograd')[]): Promise<Float32Array> {
  const memory = new WebAssembly.Memory({ initial: 1024, maximum: 65536 });
  const instances = await instancesOf(await loadModules(new Set(modules), false), memory);
  const kernelOf = (name: KernelName): Kernel => {
    const family = instances.get(moduleOf(name));
    return family?.[name.slice(name.indexOf('/') + 1)] as Kernel;
  };
  const params = { address: 64, words: new Int32Array(16) };
  const scratch = 128;
  const staging = 1024;
  const stagedEnd = staging + (operand.staged ?? 0) * FLOAT;
  const address = ceilDiv(stagedEnd + 256, 64) * 64;
  const before = new Uint8Array(memory.buffer, stagedEnd, address - stagedEnd).fill(7);
  const behind = new Uint8Array(memory.buffer, address + operand.bytes, 256).fill(7);
  const plan = { packed: [{ address, operand }], staging, params, scratch: [scratch] };
  writePacked(plan, memory, kernelOf);
  expect([before, behind].every((bytes) => bytes.every((byte) => byte === 7))).toBe(true);
  return new Float32Array(memory.buffer.slice(address, address + operand.bytes));
}

interface Extents {
  readonly taps: readonly number[];
  readonly window: number;
  readonly depth: number;
  readonly columns: number;
  readonly group: number;
}

/** By group panels of eight columns: what sums start from, then the rows of the elements of a window. */
function expectedPanels(w: Tensor, start: Tensor, extents: Extents): number[] {
  const { taps, depth, columns, group } = extents;
  const rows = taps.flatMap((tap) => range(depth).map((d) => (tap * depth + d) * group * columns));
  return range(group).flatMap((g) =>
    range(ceilDiv(columns, 8)).flatMap((panel) => {
      const lanes = range(8).map((j) => (panel * 8 + j < columns ? g * columns + panel * 8 + j : -1));
      const row = (value: (column: number) => number): number[] => lanes.map((c) => (c < 0 ? 0 : value(c)));
      return [...row((c) => at(start.data, c)), ...rows.flatMap((from) => row((c) => at(w.data, from + c)))];
    }),
  );
}

const SIZES: readonly Extents[] = [
  { taps: [0], window: 1, depth: 5, columns: 3, group: 1 },
  { taps: [0], window: 1, depth: 1, columns: 1, group: 1 },
  { taps: [0], window: 1, depth: 201, columns: 333, group: 1 },
  { taps: range(9), window: 9, depth: 1, columns: 17, group: 1 },
  { taps: range(9), window: 9, depth: 33, columns: 1, group: 1 },
  { taps: [7, 4, 1], window: 9, depth: 7, columns: 12, group: 1 },
  { taps: [8, 2], window: 9, depth: 80, columns: 100, group: 1 },
  { taps: range(9), window: 9, depth: 90, columns: 13, group: 7 },
  { taps: range(4), window: 4, depth: 3, columns: 5, group: 3 },
  { taps: range(4), window: 4, depth: 2100, columns: 9, group: 1 },
  { taps: range(4), window: 4, depth: 3, columns: 6000, group: 1 },
  { taps: [], window: 4, depth: 3, columns: 5, group: 2 },
];

it.each(SIZES.flatMap((extents) => ORDERS.map((order) => ({ ...extents, order }))))(
  'panels of taps $taps of $window, $depth rows, $columns columns in $group groups, lying as $order',
  async ({ order, ...extents }) => {
    const { taps, window, depth, columns, group } = extents;
    const weights = ordered(randomTensor([window, depth, group * columns]), order);
    const start = randomTensor([group * columns], 2);
    const actual = await packed(panels({ weights, depth, columns, group, taps, start }), ['base']);
    const expected = expectedPanels(weights, start, extents);
    expect(actual.length).toBe(expected.length);
    expect(actual.findIndex((value, i) => value !== expected[i])).toBe(-1);
  },
);

// A dimension of one element lies between those of a window.
it.each([
  { shape: [9, 3, 1024, 1], order: [0, 3, 1, 2] },
  { shape: [3, 3, 1, 8192], order: [0, 2, 1, 3] },
])('panels of $shape, lying as $order', async ({ shape, order }) => {
  const [window, depth, columns] = [at(shape, 0) * at(shape, 1), at(shape, 2), at(shape, 3)];
  const weights = ordered(randomTensor(shape), order);
  const extents = { taps: range(window), window, depth, columns, group: 1 };
  const start = randomTensor([columns], 2);
  const actual = await packed(panels({ weights, ...extents, start }), ['base']);
  const expected = expectedPanels(weights, start, extents);
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((value, i) => value !== expected[i])).toBe(-1);
});

it.each(ORDERS)('panels of three matrices, lying as %i, %i, %i', async (...order) => {
  const [depth, columns] = [50, 301];
  const weights = ordered(randomTensor([3, depth, columns]), order);
  const start = randomTensor([columns], 2);
  const actual = await packed(panels({ weights, depth, columns, count: 3, start }), ['base']);
  const each = range(3).map((tap) =>
    expectedPanels(weights, start, { taps: [tap], window: 3, depth, columns, group: 1 }),
  );
  const expected = each.flat();
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((value, i) => value !== expected[i])).toBe(-1);
});

/** G: six points of three weights. */
function evaluated(a: number, b: number, c: number): number[] {
  const [near, far, odd] = [(2 * a + c) / -3, (a + 2 * c) / 6, (b * Math.SQRT2) / 6];
  return [a, near - 2 * odd, near + 2 * odd, far + odd, far - odd, c];
}

it.each(
  [
    { depth: 4, columns: 5 },
    { depth: 36, columns: 41 },
    { depth: 128, columns: 72 },
    { depth: 4, columns: 2050 },
    { depth: 1028, columns: 8 },
  ].flatMap((size) => ORDERS.map((order) => ({ ...size, order }))),
)('points of $depth rows and $columns columns, lying as $order', async ({ depth, columns, order }) => {
  const weights = ordered(randomTensor([9, depth, columns]), order);
  const { data } = weights;
  const start = randomTensor([columns], 2);
  const actual = await packed(pointPanels({ weights, start }, [depth, columns]), ['base', 'winograd']);
  const expected = new Float64Array(actual.length);
  const point = ceilDiv(columns, 8) * 8 * (depth + 1);
  expected.set(start.data, 36 * point);
  for (const d of range(depth)) {
    for (const c of range(columns)) {
      const w = (tap: number): number => at(data, (tap * depth + d) * columns + c);
      const lines = range(3).map((x) => evaluated(w(x), w(3 + x), w(6 + x)));
      const at0 = (c >> 3) * 8 * (depth + 1) + 8 * (d + 1) + (c & 7);
      range(6).forEach((y) => {
        const [a = 0, b = 0, e = 0] = lines.map((line) => at(line, y));
        evaluated(a, b, e).forEach((value, x) => (expected[at0 + (6 * y + x) * point] = value));
      });
    }
  }
  let most = 0;
  actual.forEach((value, i) => (most = Math.max(most, Math.abs(value - at(expected, i)))));
  // Of weights below a half: a few roundings.
  expect(most).toBeLessThan(2e-7);
});
