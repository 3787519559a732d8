/** One spelling for each thing: nodes that do nothing go, reshapes and transposes merge, outputs keep their names. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { canonicalise } from '../../src/passes/canonicalise.ts';
import { reshapeUnitTransposes } from '../../src/passes/layout/unit-transposes.ts';
import { applyPass, graphOf, printNodes } from '../helpers/passes.ts';

const run = (fill: (b: GraphBuilder) => string | readonly string[]): Graph => applyPass(canonicalise, graphOf(fill));
const dump = (fill: (b: GraphBuilder) => string | readonly string[]): string => printNodes(run(fill));
const relu = (b: GraphBuilder, x: string, y = 'y'): string =>
  b.one('Activation', [x], { activation: RELU }, { outputs: [y] });

/** The activation of a mean of a map of 3×5 pixels. */
const mean = (axes: readonly number[], keepDims: boolean): string =>
  dump((b) => {
    const x = b.input('x', 'float32', [2, 3, 5, 4]);
    return relu(b, b.one('Reduce', [x], { kind: 'mean', axes, keepDims }, { name: 'mean', outputs: ['m'] }));
  });
/** A fold over axes 1 and 2. */
const folded = (kind: 'sum' | 'mean', dtype: 'float32' | 'int32', shape: readonly number[]): string =>
  dump((b) => b.one('Reduce', [b.input('x', dtype, shape)], { kind, axes: [1, 2], keepDims: true }));

describe('canonicalise', () => {
  it.each<[string, (b: GraphBuilder, x: string) => string]>([
    ['Identity', (b, x) => b.one('Identity', [x], {})],
    ['Cast to the same type', (b, x) => b.one('Cast', [x], { to: 'float32' })],
    ['Reshape to the same shape', (b, x) => b.one('Reshape', [x, b.ints('s', [2, 3, 4])], { allowZero: false })],
    ['Transpose that moves nothing', (b, x) => b.one('Transpose', [x], { perm: [0, 1, 2] })],
    ['Concat of one', (b, x) => b.one('Concat', [x], { axis: 1 })],
    ['Split into one', (b, x) => b.one('Split', [x], { axis: 1, sizes: [3] })],
    ['Expand to the same shape', (b, x) => b.one('Expand', [x, b.ints('s', [1, 4])], {})],
    ['Tile once', (b, x) => b.one('Tile', [x, b.ints('r', [1, 1, 1])], {})],
    ['Pad by nothing', (b, x) => b.one('Pad', [x, b.ints('p', [0, 0, 0, 0, 0, 0])], { mode: 'constant' })],
    ['Slice of everything', (b, x) => b.one('Slice', [x, b.ints('a', [0]), b.ints('e', [99]), b.ints('i', [-1])], {})],
    ['the activation none', (b, x) => b.one('Activation', [x], { activation: NO_ACTIVATION })],
    ['adding 0', (b, x) => b.one('Binary', [x, scalar(b, 0)], { kind: 'add', activation: NO_ACTIVATION })],
    ['dividing by 1', (b, x) => b.one('Binary', [x, scalar(b, 1)], { kind: 'div', activation: NO_ACTIVATION })],
    ['Transpose and back', (b, x) => twice(b, x, [2, 0, 1], [1, 2, 0])],
  ])('removes %s', (_, add) => {
    const text = dump((b) => relu(b, add(b, b.input('x', 'float32', [2, 3, 4]))));
    expect(text).toBe('y = Activation(x) activation=relu : float32 2x3x4');
  });

  it('names a replaced value once that leaves the graph twice', () => {
    const graph = run((b) => {
      const y = b.one('Identity', [relu(b, b.input('x', 'float32', [2]), 'r')], {}, { outputs: ['y'] });
      return [y, y];
    });
    expect(graph.outputs).toEqual(['y', 'y']);
    expect(printNodes(graph)).toBe('y = Activation(x) activation=relu : float32 2');
  });

  it.each<[string, (b: GraphBuilder, x: string) => string]>([
    [
      'a Slice that walks backwards',
      (b, x) => b.one('Slice', [x, ...[-1, -99, 1, -1].map((v) => b.ints('i', [v]))], {}),
    ],
    ['0 − x', (b, x) => b.one('Binary', [scalar(b, 0), x], { kind: 'sub', activation: NO_ACTIVATION })],
    ['x + 0 with a ReLU', (b, x) => b.one('Binary', [x, scalar(b, 0)], { kind: 'add', activation: RELU })],
    ['x + [0, 0, 0, 1]', (b, x) => b.one('Binary', [x, vector(b)], { kind: 'add', activation: NO_ACTIVATION })],
    ['a reflecting Pad', (b, x) => b.one('Pad', [x, b.ints('p', [0, 0, 1, 0, 0, -1])], { mode: 'reflect' })],
  ])('keeps %s', (_, add) => {
    const graph = graphOf((b) => relu(b, add(b, b.input('x', 'float32', [2, 3, 4]))));
    expect(applyPass(canonicalise, graph)).toBe(graph);
  });

  it('writes the mean over rows and columns as GlobalAveragePool', () => {
    expect(mean([1, 2], true).split('\n')).toEqual([
      'm = GlobalAveragePool(x) : float32 2x1x1x4',
      'y = Activation(m) activation=relu : float32 2x1x1x4',
    ]);
    const [pool, flat, last] = mean([-2, 1], false).split('\n');
    expect(pool).toMatch(/GlobalAveragePool\(x\) : float32 2x1x1x4$/);
    expect(flat).toMatch(/Reshape\(.*: float32 2x4$/);
    expect(last).toMatch(/activation=relu : float32 2x4$/);
    for (const axes of [[1], [2, 3], [1, 2, 3], []]) expect(mean(axes, true)).toContain('Reduce');
  });

  it('keeps other folds, and means of integers and of maps of another rank', () => {
    expect(folded('sum', 'float32', [2, 3, 5, 4])).toContain('Reduce');
    expect(folded('mean', 'int32', [2, 3, 5, 4])).toContain('Reduce');
    expect(folded('mean', 'float32', [2, 3, 5, 4, 6])).toContain('Reduce');
  });

  it('writes Squeeze, Unsqueeze and Flatten as one Reshape', () => {
    const text = dump((b) => {
      const x = b.input('x', 'float32', [2, 1, 3, 4]);
      const squeezed = b.one('Squeeze', [x], { axes: [1] });
      const unsqueezed = b.one('Unsqueeze', [squeezed], { axes: [-1] });
      return b.one('Flatten', [unsqueezed], { axis: 1 }, { outputs: ['y'] });
    });
    expect(text).toBe('y = Reshape(x, y_shape_1) allowZero=true : float32 2x12');
  });

  it('leaves a Transpose that moves only extents of 1 to a later pass', () => {
    const graph = graphOf((b) =>
      b.one('Transpose', [b.input('x', 'float32', [2, 1, 1, 5])], { perm: [0, 3, 1, 2] }, { outputs: ['y'] }),
    );
    expect(applyPass(canonicalise, graph)).toBe(graph);
    const text = printNodes(applyPass(reshapeUnitTransposes, graph));
    expect(text).toBe('y = Reshape(x, y_shape) allowZero=true : float32 2x5x1x1');
  });

  it('merges Transposes and spells out an empty permutation', () => {
    const text = dump((b) => twice(b, b.input('x', 'float32', [2, 3, 4]), [1, 0, 2], []));
    expect(text).toBe('transpose_1_y = Transpose(x) perm=[2,0,1] : float32 4x2x3');
  });

  it('keeps the name of an output whose node goes', () => {
    const text = dump((b) =>
      b.one('Identity', [relu(b, b.input('x', 'float32', [2]), 'inner')], {}, { outputs: ['y'] }),
    );
    expect(text).toBe('y = Activation(x) activation=relu : float32 2');
  });

  it('keeps an Identity from an input, or from another output, to an output', () => {
    const graph = graphOf((b) => {
      const x = b.input('x', 'float32', [2]);
      const a = relu(b, x, 'a');
      return [b.one('Identity', [x], {}, { outputs: ['y'] }), a, b.one('Identity', [a], {}, { outputs: ['z'] })];
    });
    expect(applyPass(canonicalise, graph)).toBe(graph);
  });

  it('gives a removed node between two outputs an Identity', () => {
    const text = dump((b) => {
      const a = relu(b, b.input('x', 'float32', [2]), 'a');
      return [a, b.one('Cast', [a], { to: 'float32' }, { outputs: ['z'] })];
    });
    expect(text).toBe(['a = Activation(x) activation=relu : float32 2', 'z = Identity(a) : float32 2'].join('\n'));
  });
});

function scalar(b: GraphBuilder, value: number): string {
  return b.constant('c', tensorOf('float32', [], [value]));
}

function vector(b: GraphBuilder): string {
  return b.constant('c', tensorOf('float32', [4], [0, 0, 0, 1]));
}

function twice(b: GraphBuilder, x: string, first: readonly number[], second: readonly number[]): string {
  return b.one('Transpose', [b.one('Transpose', [x], { perm: first })], { perm: second });
}
