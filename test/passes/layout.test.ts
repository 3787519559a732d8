/** Transpositions pushed towards the outputs: each operator they pass, what stops them, and that they never get worse. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { canonicalise } from '../../src/passes/canonicalise.ts';
import { layoutAny } from '../../src/passes/layout/further-rules.ts';
import { reshapeUnitTransposes } from '../../src/passes/layout/unit-transposes.ts';
import { transposedElements } from '../../src/passes/layout/sinker.ts';
import { pushReshape } from '../../src/passes/layout/view.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { applyPass, graphOf, printNodes, weights } from '../helpers/passes.ts';
import { randomSource } from '../helpers/random.ts';

const toLast = (b: GraphBuilder, x: string): string => b.one('Transpose', [x], { perm: [0, 2, 3, 1] });
const toFirst = (b: GraphBuilder, x: string): string => b.one('Transpose', [x], { perm: [0, 3, 1, 2] });
const pool = (b: GraphBuilder, x: string): string =>
  toFirst(b, b.one('GlobalAveragePool', [toLast(b, x)], {}, { outputs: [b.unique('pool')] }));
/** A channels-last operator between its Transposes, as importers of channels-first formats wrap it. */
const spatial = (b: GraphBuilder, x: string): string =>
  toFirst(
    b,
    b.one('MaxPool', [toLast(b, x)], {
      kernel: [2, 2],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 1, 1],
      padMode: 'explicit',
      ceilMode: false,
    }),
  );
const ints = (b: GraphBuilder, ...values: number[]): string => b.ints('i', values);
const larger = (b: GraphBuilder, x: string, axes: readonly number[]): string =>
  b.one('Resize', [x, b.constant(b.unique('s'), tensorOf('float32', [2], [2, 3]))], { ...PLAIN_RESIZE, axes });
const image = (b: GraphBuilder): string => b.input('x', 'float32', [2, 6, 3, 4]);

function run(fill: (b: GraphBuilder) => string | readonly string[]): Graph {
  const graph = graphOf(fill);
  const after = applyPass(layoutAny, graph);
  expect(transposedElements(after)).toBeLessThanOrEqual(transposedElements(graph));
  return after;
}
/** How many Transposes remain, and the attributes of the operator in question. */
const transposes = (graph: Graph): number => graph.nodes.filter((n) => n.op === 'Transpose').length;

describe('layout', () => {
  it.each(['nearest', 'linear', 'cubic'] as const)('transposes no label map after a %s Resize', (mode) => {
    const graph = run((b) => {
      const size = b.constant('size', tensorOf('int64', [2], [9, 8]));
      const scores = b.one('Resize', [spatial(b, image(b)), '', size], { ...PLAIN_RESIZE, mode, axes: [2, 3] });
      return b.one('ArgReduce', [scores], { kind: 'max', axis: 1, keepDims: false, last: false, dtype: 'int64' });
    });
    // The one left is the input's.
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Transpose', 'MaxPool', 'Resize', 'ArgReduce']);
  });

  it('cancels between two spatial operators and keeps the layout of inputs and outputs', () => {
    const graph = run((b) => {
      const x = image(b);
      const relu = b.one('Activation', [spatial(b, x)], { activation: RELU }, { outputs: ['r'] });
      return b.one('Identity', [spatial(b, relu)], {}, { outputs: ['y'] });
    });
    expect(printNodes(graph).replaceAll(/ (strides.*?|kernel.*?)ceilMode=false/g, '')).toBe(
      [
        'transpose_y = Transpose(x) perm=[0,2,3,1] : float32 2x3x4x6',
        'maxpool_y = MaxPool(transpose_y) : float32 2x3x4x6',
        'r_t = Activation(maxpool_y) activation=relu : float32 2x3x4x6',
        'maxpool_1_y = MaxPool(r_t) : float32 2x3x4x6',
        'y_t = Identity(maxpool_1_y) : float32 2x3x4x6',
        'y = Transpose(y_t) perm=[0,3,1,2] : float32 2x6x3x4',
      ].join('\n'),
    );
  });

  it.each<[string, (b: GraphBuilder, x: string) => string | readonly string[]]>([
    ['Unary', (b, x) => b.one('Unary', [x], { kind: 'abs' })],
    [
      'Binary with a constant per channel',
      (b, x) => b.one('Binary', [x, weights(b, 'c', [6, 1, 1])], { kind: 'mul', activation: NO_ACTIVATION }),
    ],
    [
      'Binary with a constant per pixel',
      (b, x) => b.one('Binary', [weights(b, 'c', [3, 4]), x], { kind: 'sub', activation: NO_ACTIVATION }),
    ],
    ['Binary with a scalar', (b, x) => b.one('Binary', [x, weights(b, 'c', [])], { kind: 'add', activation: RELU })],
    ['Binary with itself', (b, x) => b.one('Binary', [x, x], { kind: 'mul', activation: NO_ACTIVATION })],
    ['a residual', (b, x) => b.one('Binary', [x, spatial(b, x)], { kind: 'add', activation: NO_ACTIVATION })],
    ['a channel gate', (b, x) => b.one('Binary', [x, pool(b, x)], { kind: 'mul', activation: NO_ACTIVATION })],
    ['PRelu', (b, x) => b.one('PRelu', [x, weights(b, 's', [6, 1, 1])], {})],
    ['Where', (b, x) => b.one('Where', [b.one('Cast', [x], { to: 'bool' }), x, weights(b, 'c', [1])], {})],
    [
      'BatchNormalization',
      (b, x) =>
        b.one('BatchNormalization', [x, ...range(4).map(() => weights(b, b.unique('p'), [6], 0.5, 2))], {
          axis: 1,
          epsilon: 1e-5,
          activation: NO_ACTIVATION,
        }),
    ],
    ['Softmax', (b, x) => b.one('Softmax', [x], { axes: [-3], log: false })],
    ['Resize', (b, x) => b.one('Resize', [x, '', ints(b, 2, 2)], { ...PLAIN_RESIZE, axes: [2, -1] })],
    ['Resize of all axes', (b, x) => b.one('Resize', [x, '', ints(b, 2, 5, 3, 3)], PLAIN_RESIZE)],
    ['Concat', (b, x) => b.one('Concat', [x, weights(b, 'c', [2, 2, 3, 4]), spatial(b, x)], { axis: 1 })],
    ['Split', (b, x) => b.add('Split', [x], { axis: 1, sizes: [2, 4] }, { outputCount: 2 })],
    ['Slice', (b, x) => b.one('Slice', [x, ints(b, 1, -1), ints(b, 6, -9), ints(b, 1, -1), ints(b, 2, -1)], {})],
    ['Slice without axes', (b, x) => b.one('Slice', [x, ints(b, 0, 1), ints(b, 9, 3)], {})],
    ['Pad', (b, x) => spatial(b, b.one('Pad', [x, ints(b, 0, 1, 0, 2, 0, 0, 3, -1)], { mode: 'constant' }))],
    ['Tile', (b, x) => spatial(b, b.one('Tile', [x, ints(b, 1, 2, 3, 1)], {}))],
    ['Expand', (b, x) => b.one('Expand', [pool(b, x), ints(b, 6, 3, 4)], {})],
    ['Gather of one', (b, x) => b.one('Gather', [x, b.constant('i', tensorOf('int64', [], [1]))], { axis: 1 })],
    [
      'Gather of several',
      (b, x) => b.one('Gather', [x, b.constant('i', tensorOf('int64', [2, 2], [1, 0, -1, 5]))], { axis: 1 }),
    ],
    ['Reduce', (b, x) => b.one('Reduce', [x], { kind: 'mean', axes: [1], keepDims: true })],
    ['Reduce without dimensions', (b, x) => b.one('Reduce', [x], { kind: 'max', axes: [-1, 0], keepDims: false })],
    ['Reduce of everything', (b, x) => b.one('Reduce', [x], { kind: 'sum', axes: [], keepDims: false })],
    [
      'ArgReduce',
      (b, x) => b.one('ArgReduce', [x], { kind: 'max', axis: 1, keepDims: false, last: false, dtype: 'int64' }),
    ],
    ['TopK', (b, x) => b.add('TopK', [x, ints(b, 2)], { axis: 1, largest: true }, { outputCount: 2 })],
    ['DynamicQuantizeLinear', (b, x) => b.add('DynamicQuantizeLinear', [x], {}, { outputCount: 3 })],
    ['Reshape that splits channels', (b, x) => b.one('Reshape', [x, ints(b, 2, 3, 2, 3, 4)], { allowZero: false })],
    ['Reshape that merges pixels', (b, x) => b.one('Reshape', [x, ints(b, 2, 6, 12)], { allowZero: false })],
  ])('passes %s', (_, add) => {
    const graph = run((b) => [add(b, spatial(b, image(b)))].flat());
    // One at the input, and one for each output that keeps more than an order of units.
    const outputs = graph.outputs.filter((o) => graph.nodes.some((n) => n.op === 'Transpose' && n.outputs[0] === o));
    expect(transposes(graph)).toBe(1 + outputs.length);
    expect(at(graph.nodes, 0).op).toBe('Transpose');
  });

  it('cancels around a Resize that exporters wrapped, and leaves one at the end that enlarges', () => {
    const graph = run((b) => {
      const wrapped = toFirst(b, larger(b, toLast(b, spatial(b, image(b))), [1, 2]));
      return b.one('Identity', [larger(b, spatial(b, wrapped), [2, 3])], {}, { outputs: ['y'] });
    });
    expect(graph.nodes.map((n) => n.op)).toEqual([
      'Transpose',
      'MaxPool',
      'Resize',
      'MaxPool',
      'Transpose',
      'Resize',
      'Identity',
    ]);
    expect(graph.nodes.flatMap((n) => (n.op === 'Resize' ? [n.attributes.axes] : []))).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it('needs no Transpose for a classifier: pooled channels reshape to a vector', () => {
    const graph = run((b) => {
      const flat = b.one('Reshape', [pool(b, spatial(b, image(b))), ints(b, 0, -1)], { allowZero: false });
      return b.one('Gemm', [flat, weights(b, 'w', [6, 3])], {
        alpha: 1,
        beta: 1,
        transA: false,
        transB: false,
        activation: NO_ACTIVATION,
      });
    });
    expect(graph.nodes.map((n) => n.op)).toEqual(['Transpose', 'MaxPool', 'GlobalAveragePool', 'Reshape', 'Gemm']);
  });

  it('transposes before a flatten that mixes channels and pixels', () => {
    const graph = run((b) =>
      b.one('Reshape', [b.one('Activation', [spatial(b, image(b))], { activation: RELU }), ints(b, 2, -1)], {
        allowZero: false,
      }),
    );
    expect(graph.nodes.map((n) => n.op)).toEqual(['Transpose', 'MaxPool', 'Activation', 'Transpose', 'Reshape']);
  });

  it('hands a transposed matrix to Gemm and MatMul as their flag', () => {
    const graph = run((b) => {
      const swap = (v: string): string => b.one('Transpose', [v], { perm: [1, 0] });
      const a = b.input('a', 'float32', [3, 2]);
      const c = b.input('c', 'float32', [5, 3]);
      const flags = { transA: false, transB: true, activation: NO_ACTIVATION };
      const product = b.one('MatMul', [swap(a), c], flags);
      const batch = b.one('Transpose', [b.input('d', 'float32', [2, 3, 5])], { perm: [0, 2, 1] });
      return [
        b.one('Gemm', [swap(product), swap(a)], { alpha: 1, beta: 1, ...flags, transB: false }),
        b.one('MatMul', [a, batch], { ...flags, transA: true, transB: true }),
      ];
    });
    expect(printNodes(graph).match(/trans[AB]=\w+/g)).toHaveLength(6);
    expect(transposes(graph)).toBe(0);
  });

  it('shares one Transpose between two readers of one value', () => {
    const graph = run((b) => {
      const x = image(b);
      return b.one('Binary', [spatial(b, x), spatial(b, x)], { kind: 'add', activation: NO_ACTIVATION });
    });
    expect(transposes(graph)).toBe(2);
  });

  it.each<[string, (b: GraphBuilder) => string | readonly string[]]>([
    ['a graph without Transposes', (b) => b.one('Activation', [image(b)], { activation: RELU })],
    ['an enlarging operator at an output', (b) => b.one('Tile', [toFirst(b, image(b)), ints(b, 1, 2, 3, 1)], {})],
    ['a lone Transpose before a barrier', (b) => b.one('GlobalAveragePool', [toLast(b, image(b))], {})],
    ['a lone Transpose at an output', (b) => toFirst(b, b.one('GlobalAveragePool', [image(b)], {}))],
    [
      // Following the result would transpose twice as much as the addition's own operand.
      'one transposed operand among untransposed ones',
      (b) => {
        const others = range(3).map((i) => b.input(`o${i}`, 'float32', [2, 4, 6, 3]));
        return b.one('Concat', [toFirst(b, image(b)), ...others], { axis: 1 });
      },
    ],
    [
      'readers that would each need their own',
      (b) => {
        const y = toFirst(b, image(b));
        return [b.one('Unary', [y], { kind: 'neg' }), b.one('Unary', [y], { kind: 'abs' })];
      },
    ],
  ])('leaves %s', (_, fill) => {
    const graph = graphOf(fill);
    expect(applyPass(layoutAny, graph)).toBe(graph);
  });

  it('keeps the meaning of random graphs, and never moves more', () => {
    for (let seed = 0; seed < 150; seed++) run((b) => randomGraph(b, seed));
  });
});

/** A random mix of transposes, reshapes, elementwise and axis operators over values of 24 elements. */
function randomGraph(b: GraphBuilder, seed: number): string[] {
  const random = randomSource(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const shapes = [
    [2, 3, 4],
    [1, 2, 3, 4],
    [4, 6],
    [2, 1, 12],
    [3, 2, 2, 2],
  ];
  const values = shapes.slice(0, 3).map((shape, i) => ({ name: b.input(`x${i}`, 'float32', shape), shape }));
  for (let i = 0; i < 12; i++) {
    const x = at(values, below(values.length));
    const rank = x.shape.length;
    const axis = below(rank);
    const kind = below(6);
    if (kind <= 1) {
      const perm = range(rank)
        .map((v) => ({ v, key: random() }))
        .sort((p, q) => p.key - q.key)
        .map(({ v }) => v);
      values.push({ name: b.one('Transpose', [x.name], { perm }), shape: perm.map((d) => at(x.shape, d)) });
    } else if (kind === 2) {
      const shape = at(shapes.filter((s) => product(s) === product(x.shape)).concat([[...x.shape, 1]]), 0);
      values.push({ name: b.one('Reshape', [x.name, b.ints('s', shape)], { allowZero: false }), shape });
    } else if (kind === 3) {
      const y = at(
        values.filter((v) => v.shape.join() === x.shape.join()),
        0,
      );
      values.push({
        name: b.one('Binary', [x.name, y.name], { kind: 'add', activation: NO_ACTIVATION }),
        shape: x.shape,
      });
    } else if (kind === 4) {
      values.push({ name: b.one('Softmax', [x.name], { axes: [axis], log: false }), shape: x.shape });
    } else {
      const shape = x.shape.map((d, k) => (k === axis ? 2 * d : d));
      if (product(shape) <= 96) values.push({ name: b.one('Concat', [x.name, x.name], { axis }), shape });
    }
  }
  return [...new Set(values.slice(-3).map((v) => v.name))];
}

describe('pushReshape', () => {
  it.each<[string, number[], number[], number[], { shape: number[]; perm: number[] } | undefined]>([
    [
      'merges dimensions that lie together',
      [2, 6, 3, 4],
      [0, 3, 1, 2],
      [2, 6, 12],
      { shape: [2, 12, 6], perm: [0, 2, 1] },
    ],
    [
      'splits the last dimension',
      [2, 6, 3, 4],
      [0, 3, 1, 2],
      [2, 2, 3, 3, 4],
      { shape: [2, 3, 4, 2, 3], perm: [0, 3, 4, 1, 2] },
    ],
    ['ignores extents of 1', [2, 6, 1, 1], [0, 3, 1, 2], [2, 6], { shape: [2, 6], perm: [0, 1] }],
    ['adds extents of 1', [2, 6], [1, 0], [1, 2, 1, 6], { shape: [1, 6, 2, 1], perm: [0, 2, 3, 1] }],
    ['refuses to merge across', [2, 6, 3, 4], [0, 3, 1, 2], [2, 18, 4], undefined],
    ['refuses nothing at all', [0, 3], [1, 0], [3, 0], undefined],
    ['reaches a scalar', [1, 1], [1, 0], [], { shape: [], perm: [] }],
  ])('%s', (_, viewed, perm, wanted, expected) => expect(pushReshape(viewed, perm, wanted)).toEqual(expected));
});

describe('layout, then canonicalise', () => {
  it('reaches the producer past an activation of a 1×1 map', () => {
    const graph = run((b) => {
      const relu = b.one('Activation', [pool(b, image(b))], { activation: RELU });
      return spatial(b, relu);
    });
    const after = canonicalise(applyPass(reshapeUnitTransposes, graph));
    expect(after.nodes.map((n) => n.op)).toEqual([
      'Transpose',
      'GlobalAveragePool',
      'Activation',
      'MaxPool',
      'Reshape',
    ]);
  });

  it('leaves one spelling of a squeezed channel gate', () => {
    const graph = canonicalise(
      run((b) => {
        const x = spatial(b, image(b));
        const flat = b.one('Reshape', [pool(b, x), ints(b, 2, 6)], { allowZero: false });
        const gate = b.one('Reshape', [flat, ints(b, 2, 6, 1, 1)], { allowZero: false });
        return spatial(b, b.one('Binary', [x, gate], { kind: 'mul', activation: NO_ACTIVATION }));
      }),
    );
    expect(graph.nodes.map((n) => n.op)).toEqual([
      'Transpose',
      'MaxPool',
      'GlobalAveragePool',
      'Binary',
      'MaxPool',
      'Transpose',
    ]);
  });
});
