/** Models with loops and lists of tensors, as exporters write them and as none would, with what runs are fed. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from '../helpers/onnx-bytes.ts';
import { node } from '../helpers/onnx-models.ts';

/** A model, and feeds of runs one after another. */
export type LoopModel = readonly [OnnxModel, ...Readonly<Record<string, Tensor>>[]];

export const floats = (shape: readonly number[], from = 1): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensorOf(
    'float32',
    shape,
    range(count).map((i) => Math.sin(i + from)),
  );
};
export const int = (value: number): Tensor => tensorOf('int64', [], [value]);
export const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
export const bool = (value: boolean): Tensor => tensorOf('bool', [], [value ? 1 : 0]);

const float = (name: string, shape?: OnnxValueInfo['shape']): OnnxValueInfo =>
  shape ? { name, dtype: 'float32', shape } : { name, dtype: 'float32' };
const int64 = (name: string, shape: OnnxValueInfo['shape'] = []): OnnxValueInfo => ({ name, dtype: 'int64', shape });
const list = (name: string): OnnxValueInfo => ({ name, dtype: 'float32', sequence: true });
const flag = (name: string): OnnxValueInfo => ({ name, dtype: 'bool', shape: [] });

/** The body of a Loop: the number of the round `i`, the condition `go`, then what is carried; it goes on unless a node says. */
export const body = (
  carried: readonly OnnxValueInfo[],
  outputs: OnnxGraph['outputs'],
  nodes: readonly OnnxNode[],
  initializers: OnnxGraph['initializers'] = [],
  own = '',
): { g: OnnxGraph } => {
  const [round, go, goOn] = [`i${own}`, `go${own}`, `goOn${own}`];
  const said = nodes.some((n) => n.outputs.includes(goOn));
  return {
    g: {
      inputs: [int64(round), flag(go), ...carried],
      outputs: [flag(goOn), ...outputs],
      nodes: said ? nodes : [node('Identity', go, goOn), ...nodes],
      initializers,
    },
  };
};

/** As torch exports a loop over the rows of an input: the number of rounds is that of rows, the rows are stacked again. */
const rows: OnnxModel = {
  opset: 17,
  inputs: [float('x', ['n', 3])],
  outputs: [float('y'), float('all')],
  initializers: [
    ['zero', int(0)],
    ['yes', bool(true)],
    ['start', floats([3], 5)],
  ],
  nodes: [
    node('Shape', 'x', 'shape'),
    node('Gather', 'shape zero', 'n', { axis: { i: 0 } }),
    node('Loop', 'n yes start', 'y all', {
      body: body(
        [float('h', [3])],
        [float('next', [3]), float('out', [3])],
        [
          node('Gather', 'x i', 'row', { axis: { i: 0 } }),
          node('Mul', 'h half', 'decayed'),
          node('Add', 'row decayed', 'sum'),
          node('Tanh', 'sum', 'next'),
          node('Identity', 'next', 'out'),
        ],
        [['half', tensorOf('float32', [], [0.5])]],
      ),
    }),
  ],
};

/** Ends by a condition on the numbers of rounds; counts in a carried integer that nothing else reads. */
const until: OnnxModel = {
  opset: 16,
  inputs: [float('x', [2, 2]), int64('limit')],
  outputs: [float('y'), int64('count')],
  initializers: [
    ['yes', bool(true)],
    ['none', int(0)],
  ],
  nodes: [
    node('Loop', ' yes x none', 'y count', {
      body: body(
        [float('a', [2, 2]), int64('k')],
        [float('b', [2, 2]), int64('k1')],
        [node('MatMul', 'a x', 'b'), node('Add', 'k two', 'k1'), node('Less', 'k1 limit', 'goOn')],
        [['two', int(2)]],
      ),
    }),
  ],
};

/**
 * A loop in a loop, the inner of which has as many rounds as the outer has had. What ends `own` is the inner one's; without that
 * both call their values as those around, which onnxruntime does not take.
 */
export const nested = (own: string): OnnxModel => {
  const inner = body(
    [float(`a${own}`, [2])],
    [float(`b${own}`, [2])],
    [
      node('Mul', `a${own} x`, `m${own}`),
      node('Cast', `i${own}`, `f${own}`, { to: { i: 1 } }),
      node('Add', `m${own} f${own}`, `b${own}`),
    ],
    [],
    own,
  );
  const outer = body(
    [float(`a${own}${own}`, [2])],
    [float('c', [2]), float('out', [2])],
    [
      node('Add', `a${own}${own} x`, 'b'),
      node('Loop', 'i go b', 'c', { body: inner }),
      node('Sub', `c a${own}${own}`, 'out'),
    ],
  );
  return {
    opset: 13,
    inputs: [float('x', [2]), int64('n')],
    outputs: [float('y'), float('stack')],
    initializers: [['yes', bool(true)]],
    nodes: [node('Neg', 'x', 'a'), node('Loop', 'n yes a', 'y stack', { body: outer })],
  };
};

/** A value that grows from round to round, and one that only goes round; a tensor of the graph around is given as it is. */
const growing: OnnxModel = {
  opset: 18,
  inputs: [float('x', [1, 2]), int64('n')],
  outputs: [float('y'), float('same'), float('other')],
  initializers: [['yes', bool(true)]],
  nodes: [
    node('Loop', 'n yes x x x', 'y same other', {
      body: body(
        [float('a', [null, 2]), float('b', [1, 2]), float('c', [1, 2])],
        [float('next', [null, 2]), float('c', [1, 2]), float('b', [1, 2])],
        [node('Concat', 'a x', 'next', { axis: { i: 0 } })],
      ),
    }),
  ],
};

/** As torch exports a list that a loop fills: stacked, or joined at its end. */
const collected = (newAxis: number): OnnxModel => ({
  opset: 17,
  inputs: [float('x', [4, 'n'])],
  outputs: [float('y')],
  initializers: [
    ['one', int(1)],
    ['yes', bool(true)],
  ],
  nodes: [
    node('SequenceEmpty', '', 'none'),
    node('Shape', 'x', 'shape'),
    node('Gather', 'shape one', 'n'),
    node('Loop', 'n yes none', 'list', {
      body: body(
        [list('before')],
        [list('after')],
        [
          node('Gather', 'x i', 'column', { axis: { i: 1 } }),
          node('Exp', 'column', 'e'),
          node('SequenceInsert', 'before e', 'after'),
        ],
      ),
    }),
    node('ConcatFromSequence', 'list', 'y', { axis: { i: newAxis === 0 ? 0 : 1 }, new_axis: { i: newAxis } }),
  ],
});

/** A TensorArray of tf2onnx: a list is read and written by the number of the round, from both ends. */
const listed: OnnxModel = {
  opset: 15,
  inputs: [float('x', [3, 2]), int64('at')],
  outputs: [float('y'), int64('length'), float('picked')],
  initializers: [
    ['yes', bool(true)],
    ['first', int(0)],
    ['last', int(-1)],
  ],
  nodes: [
    node('SplitToSequence', 'x', 'parts', { axis: { i: 0 }, keepdims: { i: 0 } }),
    node('SequenceLength', 'parts', 'length'),
    node('SequenceEmpty', '', 'none'),
    node('Loop', 'length yes none', 'reversed', {
      body: body(
        [list('l')],
        [list('m')],
        [node('SequenceAt', 'parts i', 'part'), node('SequenceInsert', 'l part first', 'm')],
      ),
    }),
    node('SequenceErase', 'reversed last', 'shorter'),
    node('ConcatFromSequence', 'shorter', 'y', { axis: { i: -1 }, new_axis: { i: 0 } }),
    node('SequenceAt', 'reversed at', 'picked'),
  ],
};

/** Parts of sizes that are given: a number for all, one each; joined along a new last axis, or the one before. */
const parted = (sizes: Tensor, axis: number): OnnxModel => ({
  opset: 24,
  irVersion: 10,
  inputs: [float('x', [5, 4])],
  outputs: [float('y'), float('first')],
  initializers: [
    ['sizes', sizes],
    ['zero', tensorOf('int32', [], [0])],
  ],
  nodes: [
    node('SplitToSequence', 'x sizes', 'parts', { axis: { i: axis } }),
    node('SequenceAt', 'parts zero', 'first'),
    node('SequenceInsert', 'parts x', 'more'),
    node('ConcatFromSequence', 'more', 'y', { axis: { i: axis } }),
  ],
});

/** A recurrent network written as a Scan: states and sequences, one of them from its end to its start, slices along any axis. */
const recurrent: OnnxModel = {
  opset: 17,
  inputs: [float('x', ['t', 2]), float('z', [2, 't']), float('h0', [3])],
  outputs: [float('h'), float('hs'), float('gates')],
  initializers: [
    ['w', floats([2, 3], 3)],
    ['r', floats([3, 3], 9)],
  ],
  nodes: [
    node('Scan', 'h0 x z', 'h hs gates', {
      num_scan_inputs: { i: 2 },
      scan_input_axes: { ints: [0, -1] },
      scan_input_directions: { ints: [0, 1] },
      scan_output_axes: { ints: [1, 0] },
      scan_output_directions: { ints: [0, 1] },
      body: {
        g: {
          inputs: [float('before', [3]), float('u', [2]), float('v', [2])],
          outputs: [float('after', [3]), float('copy', [3]), float('gate', [3])],
          nodes: [
            node('Add', 'u v', 'uv'),
            node('MatMul', 'uv w', 'in'),
            node('MatMul', 'before r', 'back'),
            node('Add', 'in back', 'sum'),
            node('Sigmoid', 'sum', 'gate'),
            node('Mul', 'gate sum', 'after'),
            node('Identity', 'after', 'copy'),
          ],
        },
      },
    }),
  ],
};

/** The first form of Scan, for each image of a batch, of as many slices as each has. */
const batched = (lengths: string, reverse: 0 | 1 = 1): OnnxModel => ({
  opset: 8,
  inputs: [
    float('s', ['b', 2]),
    float('x', ['b', 't', 2]),
    ...(lengths === '' ? [] : [{ name: lengths, dtype: 'int64' as const, shape: ['b'] }]),
  ],
  outputs: [float('y'), float('ys')],
  nodes: [
    node('Scan', `${lengths} s x`, 'y ys', {
      num_scan_inputs: { i: 1 },
      directions: { ints: [reverse] },
      body: {
        g: {
          inputs: [float('before', [2]), float('u', [2])],
          outputs: [float('after', [2]), float('out', [2])],
          nodes: [node('Sub', 'u before', 'after'), node('Mul', 'after u', 'out')],
        },
      },
    }),
  ],
});

/** A list that a condition of the run chooses, and branches that loop. */
const chosen: OnnxModel = {
  opset: 17,
  inputs: [float('x', [2]), flag('two')],
  outputs: [float('y')],
  initializers: [
    ['yes', bool(true)],
    ['three', int(3)],
    ['axes', ints(0)],
  ],
  nodes: [
    node('If', 'two', 'list', {
      then_branch: {
        g: { inputs: [], outputs: [list('p')], nodes: [node('SequenceConstruct', 'x x', 'p')] },
      },
      else_branch: {
        g: {
          inputs: [],
          outputs: [list('p')],
          nodes: [
            node('Loop', 'three yes x', 'last', {
              body: body([float('a', [2])], [float('b', [2])], [node('Add', 'a x', 'b')]),
            }),
            node('SequenceConstruct', 'x last x', 'p'),
          ],
        },
      },
    }),
    node('Identity', 'list', 'same'),
    node('ConcatFromSequence', 'same', 'y', { axis: { i: 0 }, new_axis: { i: 1 } }),
  ],
};

/** What a round computes is chosen by its number, and by what is fed. */
const choosing: OnnxModel = {
  opset: 17,
  inputs: [float('x', [2, 3]), flag('up')],
  outputs: [float('y')],
  initializers: [
    ['yes', bool(true)],
    ['four', int(4)],
  ],
  nodes: [
    node('Loop', 'four yes x', 'y', {
      body: body(
        [float('a', [2, 3])],
        [float('b', [2, 3])],
        [
          node('Equal', 'i one', 'isOne'),
          node('Or', 'isOne up', 'chosen'),
          node('If', 'chosen', 'b', {
            then_branch: {
              g: { inputs: [], outputs: [float('t')], nodes: [node('Exp', 'a', 'e'), node('Add', 'e x', 't')] },
            },
            else_branch: { g: { inputs: [], outputs: [float('t')], nodes: [node('Neg', 'a', 't')] } },
          }),
        ],
        [['one', int(1)]],
      ),
    }),
  ],
};

/** Ends when a number that all rounds change is large enough, which follows from the file alone. */
const counted: OnnxModel = {
  opset: 21,
  inputs: [float('x', [3])],
  outputs: [float('y'), float('last')],
  initializers: [
    ['yes', bool(true)],
    ['most', int(100)],
    ['one', tensorOf('float32', [], [1])],
  ],
  nodes: [
    node('Loop', 'most yes one x', 'last sum', {
      body: body(
        [float('f', []), float('a', [3])],
        [float('g', []), float('b', [3])],
        [node('Mul', 'f three', 'g'), node('Add', 'a g', 'b'), node('Less', 'g limit', 'goOn')],
        [
          ['three', tensorOf('float32', [], [3])],
          ['limit', tensorOf('float32', [], [500])],
        ],
      ),
    }),
    node('Neg', 'sum', 'y'),
  ],
};

/** Convolutions, whose weights lie in the graph around and in the body. */
const convolved: OnnxModel = {
  opset: 17,
  inputs: [float('x', [1, 2, 5, 5])],
  outputs: [float('maps')],
  initializers: [
    ['yes', bool(true)],
    ['three', int(3)],
    ['w', floats([2, 2, 3, 3], 4)],
  ],
  nodes: [
    node('Loop', 'three yes x', 'last maps', {
      body: body(
        [float('a', [1, 2, 5, 5])],
        [float('b', [1, 2, 5, 5]), float('m', [1, 1, 5, 5])],
        [node('Conv', 'a w', 'c', { pads: { ints: [1, 1, 1, 1] } }), node('Relu', 'c', 'b'), node('Conv', 'b v', 'm')],
        [['v', floats([1, 2, 1, 1], 2)]],
      ),
    }),
  ],
};

/** Halves x until its largest element is below a limit, at most six times; how often, in a condition of one element in a list. */
const halved: OnnxModel = {
  opset: 17,
  inputs: [float('x', [5]), float('limit', [1])],
  outputs: [float('y'), int64('count')],
  initializers: [
    ['six', int(6)],
    ['none', int(0)],
  ],
  nodes: [
    node('ReduceMax', 'x', 'first', { keepdims: { i: 0 } }),
    node('Squeeze', 'limit', 'lone'),
    node('Greater', 'first lone', 'begin'),
    node('Loop', 'six begin x none', 'y count', {
      body: body(
        [float('a', [5]), int64('k')],
        [float('b', [5]), int64('k1')],
        [
          node('Mul', 'a half', 'b'),
          node('Add', 'k one', 'k1'),
          node('ReduceMax', 'b', 'most', { keepdims: { i: 0 } }),
          node('Greater', 'most lone', 'goOn'),
        ],
        [
          ['half', tensorOf('float32', [], [0.5])],
          ['one', int(1)],
        ],
      ),
    }),
  ],
};

/** A while loop as torch exports it: as many rounds as an int64 can say, ended by a number. */
const whileLoop: OnnxModel = {
  opset: 17,
  inputs: [float('x', [3]), int64('n')],
  outputs: [float('y')],
  initializers: [
    ['most', { dataType: 7, dims: [], int64s: [2n ** 63n - 1n] }],
    ['zero', int(0)],
  ],
  nodes: [
    node('Greater', 'n zero', 'begin'),
    node('Loop', 'most begin x zero', 'y steps', {
      body: body(
        [float('a', [3]), int64('k')],
        [float('b', [3]), int64('k1')],
        [node('Sin', 'a', 'b'), node('Add', 'k three', 'k1'), node('Less', 'k1 n', 'goOn')],
        [['three', int(3)]],
      ),
    }),
  ],
};

/** Each model with its runs. */
export const LOOP_MODELS: Readonly<Record<string, LoopModel>> = {
  'rows of an input': [
    rows,
    { x: floats([4, 3]) },
    { x: floats([1, 3]) },
    { x: floats([7, 3], 2) },
    { x: floats([0, 3]) },
  ],
  'until a condition on what is fed': [
    until,
    { x: floats([2, 2]), limit: int(7) },
    { x: floats([2, 2]), limit: int(-1) },
    { x: floats([2, 2], 3), limit: int(2) },
  ],
  'a loop in a loop': [
    nested('_inner'),
    { x: floats([2]), n: int(4) },
    { x: floats([2]), n: int(1) },
    { x: floats([2], 3), n: int(0) },
    { x: floats([2], 3), n: int(-3) },
  ],
  'values that grow, and change places': [
    growing,
    { x: floats([1, 2]), n: int(3) },
    { x: floats([1, 2]), n: int(0) },
    { x: floats([1, 2], 5), n: int(4) },
  ],
  'a list that is joined': [collected(0), { x: floats([4, 3]) }, { x: floats([4, 1]) }],
  'a list that is stacked': [collected(1), { x: floats([4, 3]) }, { x: floats([4, 17]) }],
  'lists that are read and written': [
    listed,
    { x: floats([3, 2]), at: int(1) },
    { x: floats([3, 2]), at: int(-3) },
    { x: floats([3, 2], 2), at: int(2) },
  ],
  'parts of one size': [parted(int(2), 0), { x: floats([5, 4]) }],
  'parts of one size, the last of less': [parted(int(3), 1), { x: floats([5, 4]) }],
  'one part': [parted(int(99), 0), { x: floats([5, 4]) }],
  'parts of one size each': [parted(ints(1, 1, 1, 1, 1), 0), { x: floats([5, 4]) }],
  'a part of nothing': [parted(ints(5, 0), -2), { x: floats([5, 4]) }],
  'parts of many sizes': [parted(ints(1, 3), -1), { x: floats([5, 4]) }],
  'a recurrent network': [
    recurrent,
    { x: floats([5, 2]), z: floats([2, 5], 7), h0: floats([3]) },
    { x: floats([1, 2]), z: floats([2, 1], 7), h0: floats([3], 2) },
  ],
  'a batch of sequences': [
    batched(''),
    { s: floats([3, 2]), x: floats([3, 4, 2]) },
    { s: floats([1, 2]), x: floats([1, 1, 2], 3) },
  ],
  'a batch of sequences of several lengths': [
    batched('n'),
    { s: floats([3, 2]), x: floats([3, 4, 2]), n: ints(2, 4, 1) },
    { s: floats([3, 2]), x: floats([3, 4, 2]), n: ints(4, 3, 4) },
    { s: floats([1, 2]), x: floats([1, 1, 2], 3), n: ints(1) },
  ],
  'a batch of sequences of several lengths, forward': [
    batched('n', 0),
    { s: floats([2, 2]), x: floats([2, 5, 2]), n: ints(5, 3) },
  ],
  'lists of branches': [chosen, { x: floats([2]), two: bool(true) }, { x: floats([2]), two: bool(false) }],
  'branches in rounds': [choosing, { x: floats([2, 3]), up: bool(false) }, { x: floats([2, 3]), up: bool(true) }],
  'until data is small': [
    halved,
    { x: floats([5]), limit: tensorOf('float32', [1], [0.1]) },
    { x: floats([5]), limit: tensorOf('float32', [1], [5]) },
    { x: floats([5], 3), limit: tensorOf('float32', [1], [-1]) },
    { x: tensorOf('float32', [5], [1, NaN, 3, 4, Infinity]), limit: tensorOf('float32', [1], [0.5]) },
  ],
  'a while loop': [
    whileLoop,
    { x: floats([3]), n: int(7) },
    { x: floats([3]), n: int(0) },
    { x: floats([3]), n: int(100) },
  ],
  'until a number is large': [counted, { x: floats([3]) }],
  convolutions: [convolved, { x: floats([1, 2, 5, 5]) }],
};
