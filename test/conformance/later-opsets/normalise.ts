/** Normalisations of opset 18 (groups), 21 (groups with scales of channels), 22 (more element types), 23 (by the root mean square). */
import { tensorOf } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { LaterCase, LaterCases } from './later.ts';

/** Of x `shape`, with scale and bias of so many elements. */
function groups(name: string, opset: number, shape: readonly number[], count: number, more: object = {}): LaterCase {
  const affine = opset < 21 ? [count] : [shape[1] ?? 0];
  return {
    name,
    opset,
    node: node('GroupNormalization', 'x scale bias', 'y', { num_groups: { i: count }, ...more }),
    inputs: { x: wave(shape), scale: wave(affine), bias: wave(affine) },
    terms: 64,
  };
}

function rms(name: string, shape: readonly number[], scale: readonly number[], more: object = {}): LaterCase {
  return {
    name,
    opset: 23,
    node: node('RMSNormalization', 'x scale', 'y', { ...more }),
    inputs: { x: wave(shape), scale: wave(scale) },
    terms: 64,
  };
}

const half = (c: LaterCase): LaterCase => ({
  ...c,
  name: `${c.name} of float16`,
  inputs: Object.fromEntries(Object.entries(c.inputs).map(([name, { shape }]) => [name, wave(shape, 'float16')])),
});

const zeros = (shape: readonly number[]): LaterCase['inputs'][string] =>
  tensorOf(
    'float32',
    shape,
    range(shape.reduce((n, d) => n * d, 1)).map(() => 0),
  );

export const LATER_NORMALISE: LaterCases = {
  GroupNormalization: [
    groups('scales of two groups', 18, [2, 4, 3, 5], 2),
    groups('scales of one group', 18, [1, 3, 7], 1),
    groups('a scale of each channel', 18, [2, 5, 3, 3], 5),
    groups('scales of groups of a matrix', 18, [3, 6], 2),
    half(groups('scales of groups', 18, [2, 4, 3, 5], 2)),
    groups('scales of groups, a series of volumes', 18, [3, 6, 2, 3, 1], 3, { epsilon: { f: 0.1 } }),
    groups('scales of channels', 21, [2, 4, 3, 5], 2),
    groups('scales of channels, one group', 21, [1, 3, 7], 1),
    groups('a group of each channel', 21, [2, 5, 3, 3], 5),
    groups('scales of channels of a matrix', 21, [3, 6], 2),
    groups('an epsilon', 21, [2, 6, 17], 3, { epsilon: { f: 0.5 }, stash_type: { i: 1 } }),
    half(groups('scales of channels', 21, [2, 4, 3, 5], 2)),
  ],
  RMSNormalization: [
    rms('the last axis', [2, 3, 5], [5]),
    rms('an axis from the end', [2, 3, 5], [3, 5], { axis: { i: -2 } }),
    rms('all axes', [3, 5], [3, 5], { axis: { i: 0 } }),
    rms('the second axis, a scale that is broadcast', [2, 3, 4, 5], [5], { axis: { i: 1 } }),
    rms('an epsilon', [17], [17], { epsilon: { f: 0.5 }, stash_type: { i: 1 } }),
    half(rms('the last axis', [2, 3, 5], [5])),
    { ...rms('nothing but zeros', [2, 5], [5]), inputs: { x: zeros([2, 5]), scale: wave([5]) } },
  ],
  LayerNormalization: range(6).map((i): LaterCase => {
    const shape = [[2, 3, 5], [17], [3, 1], [2, 3, 4, 5], [1, 7], [5, 3]][i] ?? [];
    const axis = [-1, 0, -1, 2, 1, -2][i] ?? 0;
    const normalised = shape.slice(axis);
    return {
      name: `axis ${axis} of ${shape.join('x')}`,
      opset: 18 + i,
      node: node('LayerNormalization', i % 2 ? 'x scale' : 'x scale bias', 'y', { axis: { i: axis } }),
      inputs: { x: wave(shape), scale: wave(normalised), ...(i % 2 ? {} : { bias: wave(normalised) }) },
      terms: 64,
    };
  }),
  InstanceNormalization: range(6).map((i): LaterCase => {
    const shape =
      [
        [2, 3, 5],
        [1, 1, 17],
        [2, 4, 3, 3],
        [1, 3, 2, 2, 3],
        [3, 2, 1, 7],
        [2, 5, 4],
      ][i] ?? [];
    const affine = [shape[1] ?? 0];
    const c: LaterCase = {
      name: shape.join('x'),
      opset: i < 3 ? 21 : 22,
      also: i < 3 ? [22] : [],
      node: node('InstanceNormalization', 'x scale bias', 'y', { epsilon: { f: 0.01 } }),
      inputs: { x: wave(shape), scale: wave(affine), bias: wave(affine) },
      terms: 64,
    };
    return i === 5 ? half(c) : c;
  }),
  LpNormalization: range(6).map((i): LaterCase => {
    const [p, axis] = [(i % 2) + 1, [-1, 0, 1, -2, 2, -3][i] ?? 0];
    return {
      name: `the ${p === 1 ? 'sum' : 'length'} along axis ${axis}`,
      opset: 22,
      node: node('LpNormalization', 'x', 'y', { p: { i: p }, axis: { i: axis } }),
      inputs: { x: wave([3, 4, 5]) },
    };
  }),
};
