/** Kernels with zeros between their weights: which become dilated ones, and which stay. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { foldHoles } from '../../src/passes/fold/fold-holes.ts';
import { hasHoles } from '../../src/passes/may-apply.ts';
import { product } from '../../src/util/arrays.ts';
import { applyPass, graphOf } from '../helpers/passes.ts';

interface Stuffed {
  readonly kernel: readonly number[];
  /** Positions that have weights, for each dimension. */
  readonly used: readonly (readonly number[])[];
  readonly pads: readonly number[];
  readonly group?: number;
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
}

const CHANNELS = 4;

function graphWith({ kernel, used, pads, group = CHANNELS, strides, dilations }: Stuffed): Graph {
  const shape = [...kernel, CHANNELS / group, CHANNELS];
  const inner = product(shape.slice(-2));
  const isUsed = (tap: number): boolean => {
    let rest = tap;
    return kernel
      .map((extent, i) => [extent, i] as const)
      .toReversed()
      .every(([extent, i]) => {
        const position = rest % extent;
        rest = Math.floor(rest / extent);
        return used[i]?.includes(position);
      });
  };
  const values = Array.from({ length: product(shape) }, (_, i) => (isUsed(Math.floor(i / inner)) ? 1 + (i % 7) : 0));
  return graphOf((b) => {
    const x = b.input('x', 'float32', [2, ...kernel.map((_, i) => 14 + i), CHANNELS]);
    const ones = kernel.map(() => 1);
    const attributes = { strides: strides ?? ones, dilations: dilations ?? ones, pads, padMode: 'explicit' } as const;
    const w = b.constant('w', tensorOf('float32', shape, values));
    return b.one('Conv', [x, w], { ...attributes, group, activation: NO_ACTIVATION }, { outputs: ['y'] });
  });
}

/** Kernel, dilations and pads of the convolution that is left. */
function folded(stuffed: Stuffed): {
  kernel: readonly number[];
  dilations: readonly number[];
  pads: readonly number[];
} {
  const graph = graphWith(stuffed);
  expect(hasHoles(graph)).toBe(true);
  const [node] = applyPass(foldHoles, graph).nodes;
  if (node?.op !== 'Conv') throw new Error('no Conv is left');
  const after = applyPass(foldHoles, graph);
  const kernel = after.initializers.get(node.inputs[1] ?? '')?.shape.slice(0, -2) ?? [];
  return { kernel, dilations: node.attributes.dilations, pads: node.attributes.pads };
}

describe('fold-holes', () => {
  it('makes a dilated 3×3 of a depthwise 9×9, as tf2onnx writes it', () => {
    const lattice = [0, 4, 8];
    expect(folded({ kernel: [9, 9], used: [lattice, lattice], pads: [4, 4, 4, 4] })).toEqual({
      kernel: [3, 3],
      dilations: [4, 4],
      pads: [4, 4, 4, 4],
    });
  });

  it('takes any group, stride, dilation, and another lattice along each dimension', () => {
    for (const group of [1, 2]) {
      const used = [
        [0, 2],
        [0, 3, 6],
      ];
      const stuffed = { kernel: [3, 7], used, pads: [0, 1, 2, 3], group, strides: [2, 1], dilations: [2, 1] };
      expect(folded(stuffed)).toEqual({ kernel: [2, 3], dilations: [4, 3], pads: [0, 1, 2, 3] });
    }
    const volume = [[0, 2], [0, 2], [1]];
    expect(folded({ kernel: [3, 3, 3], used: volume, pads: [1, 1, 1, 1, 1, 1] })).toEqual({
      kernel: [2, 2, 1],
      dilations: [2, 2, 1],
      pads: [1, 1, 0, 1, 1, 0],
    });
    expect(folded({ kernel: [5], used: [[0, 4]], pads: [2, 2] })).toEqual({
      kernel: [2],
      dilations: [4],
      pads: [2, 2],
    });
  });

  it('cuts zeros at the ends as far as there is padding, and keeps the lattice where there is none', () => {
    const cross = { kernel: [1, 9], used: [[0], [2, 4]] };
    expect(folded({ ...cross, pads: [0, 2, 0, 4] })).toEqual({ kernel: [1, 2], dilations: [1, 2], pads: [0, 0, 0, 0] });
    expect(folded({ ...cross, pads: [0, 0, 0, 0] })).toEqual({ kernel: [1, 5], dilations: [1, 2], pads: [0, 0, 0, 0] });
    expect(folded({ ...cross, pads: [0, 1, 0, 4] })).toEqual({ kernel: [1, 3], dilations: [1, 2], pads: [0, 1, 0, 0] });
  });

  it.each<[string, Stuffed]>([
    ['zeros but no lattice', { kernel: [1, 5], used: [[0], [0, 1, 4]], pads: [0, 2, 0, 2] }],
    [
      'a lattice that misses both ends of an unpadded kernel',
      { kernel: [1, 4], used: [[0], [1, 3]], pads: [0, 0, 0, 0] },
    ],
    ['one weight inside an unpadded kernel', { kernel: [1, 3], used: [[0], [1]], pads: [0, 0, 0, 0] }],
    ['no weight at all', { kernel: [3, 3], used: [[], []], pads: [1, 1, 1, 1] }],
  ])('leaves %s', (_, stuffed) => {
    const graph = graphWith(stuffed);
    expect(applyPass(foldHoles, graph)).toBe(graph);
  });

  it('is not loaded for kernels without zeros', () => {
    expect(hasHoles(graphWith({ kernel: [1, 3], used: [[0], [0, 1, 2]], pads: [0, 1, 0, 1] }))).toBe(false);
  });
});
