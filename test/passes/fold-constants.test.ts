/** Inference and constant evaluation: shape arithmetic, weight layouts, errors that name the node, a bounded total. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { print } from '../../src/ir/print.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { foldConstants } from '../../src/passes/fold/fold-constants.ts';
import { inferShapes, propagate } from '../../src/passes/infer-shapes.ts';
import { range } from '../../src/util/arrays.ts';
import { freeze } from '../helpers/passes.ts';

/** x [2, 3, 4] flattened by shape arithmetic, as exporters write it: Reshape(x, [Shape(x)[0], −1]). */
function flattenByArithmetic(): GraphBuilder {
  const b = new GraphBuilder('test');
  const x = b.input('x', 'float32', [2, 3, 4]);
  const shape = b.one('Shape', [x], {}, { outputs: ['shape'] });
  const zero = b.initializer('zero', tensorOf('int64', [], [0]));
  const n = b.one('Gather', [shape, zero], { axis: 0 }, { outputs: ['n'] });
  const n1 = b.one('Unsqueeze', [n], { axes: [0] }, { outputs: ['n1'] });
  const rest = b.initializer('rest', tensorOf('int64', [1], [-1]));
  const wanted = b.one('Concat', [n1, rest], { axis: 0 }, { outputs: ['wanted'] });
  b.output(b.one('Reshape', [x, wanted], { allowZero: false }, { outputs: ['y'] }));
  return b;
}

describe('foldConstants', () => {
  it('folds shape arithmetic to the one constant that is read', () => {
    const graph = foldConstants(freeze(flattenByArithmetic().build()));
    expect(print(graph)).toBe(
      [
        'input x float32 2x3x4',
        'const wanted int64 2',
        'y = Reshape(x, wanted) allowZero=false : float32 2x12',
        'output y',
      ].join('\n'),
    );
    expect(graph.initializers.get('wanted')?.data).toEqual(Int32Array.of(2, -1));
    expect(foldConstants(freeze(graph))).toBe(graph);
  });

  it('evaluates weights: ConstantOfShape, then Transpose', () => {
    const b = new GraphBuilder('test');
    const shape = b.ints('dims', [4, 3]);
    const filled = b.one('ConstantOfShape', [shape], { dtype: 'float32', value: 0.5 });
    const w = b.one('Transpose', [filled], { perm: [1, 0] }, { outputs: ['w'] });
    const x = b.input('x', 'float32', [4, 3]);
    b.output(b.one('MatMul', [x, w], { transA: false, transB: false, activation: NO_ACTIVATION }));
    const graph = foldConstants(freeze(b.build()));
    expect([...graph.initializers.keys()]).toEqual(['w']);
    expect(graph.initializers.get('w')).toEqual(
      tensorOf(
        'float32',
        [3, 4],
        Array.from({ length: 12 }, () => 0.5),
      ),
    );
    expect(graph.nodes.map((n) => n.op)).toEqual(['MatMul']);
  });

  it('evaluates weights that are scales, too', () => {
    const b = new GraphBuilder('test');
    const twos = b.one('ConstantOfShape', [b.ints('dims', [2])], { dtype: 'float32', value: 2 });
    const x = b.input('x', 'float32', [3, 2]);
    b.output(b.one('MatMul', [x, twos], { transA: false, transB: false, activation: NO_ACTIVATION }));
    b.output(b.one('Resize', [x, twos], PLAIN_RESIZE, { outputs: ['y'] }));
    expect(foldConstants(freeze(b.build())).values.get('y')?.shape).toEqual([6, 4]);
  });

  it('keeps a constant that leaves the graph', () => {
    const b = new GraphBuilder('test');
    const one = b.initializer('one', tensorOf('float32', [1], [1]));
    b.output(b.one('Unary', [one], { kind: 'neg' }, { outputs: ['y'] }));
    const graph = foldConstants(freeze(b.build()));
    expect(graph.nodes).toEqual([]);
    expect(graph.initializers.get('y')?.data).toEqual(Float32Array.of(-1));
  });
});

describe('propagate', () => {
  it('names the node and keeps the class of the error', () => {
    const b = new GraphBuilder('test');
    const x = b.input('x', 'float32', [2, 3]);
    const y = b.input('y', 'float32', [2, 4]);
    b.output(b.one('Binary', [x, y], { kind: 'add', activation: NO_ACTIVATION }, { name: 'sum' }));
    const graph = b.build();
    expect(() => inferShapes(graph)).toThrow(ShapeError);
    expect(() => inferShapes(graph)).toThrow(/node "sum" \(Binary\): shapes 2x3 and 2x4/);
  });

  it('says which node needs data it cannot know', () => {
    const b = new GraphBuilder('test');
    const x = b.input('x', 'float32', [6]);
    const shape = b.input('shape', 'int64', [2]);
    b.output(b.one('Reshape', [x, shape], { allowZero: false }, { name: 'reshape' }));
    expect(() => inferShapes(b.build())).toThrow(/node "reshape" \(Reshape\): the shape depends on the data/);
  });

  it('refuses symbolic inputs', () => {
    const b = new GraphBuilder('test');
    b.output(b.one('Activation', [b.input('x', 'float32', ['n'])], { activation: RELU }));
    expect(() => inferShapes(b.build())).toThrow(/dimension "n" of input "x" is not bound/);
  });

  it('leaves to the run what would take more memory than it may', () => {
    const b = new GraphBuilder('test');
    let value = b.one('ConstantOfShape', [b.ints('dims', [100])], { dtype: 'float32', value: 1 });
    for (let i = 0; i < 4; i++) value = b.one('Unary', [value], { kind: 'neg' });
    b.output(value);
    const left = (elements: number): number => {
      return propagate(b.build(), { steps: 1e6, elements }).nodes.length;
    };
    // One element is in the file, and gives room for four.
    expect(left(496)).toBe(0);
    expect(left(495)).toBe(1);
    expect(left(95)).toBe(5);
  });

  it('leaves to the run what would take more work than it may', () => {
    const b = new GraphBuilder('test');
    const pool = {
      kernel: [5, 5],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [2, 2, 2, 2],
      padMode: 'explicit',
    } as const;
    const map = b.constant('map', tensorOf('float32', [1, 4, 4, 1], range(16)));
    b.output(b.one('MaxPool', [map], { ...pool, ceilMode: false }));
    const vanishes = (steps: number): boolean => propagate(b.build(), { steps, elements: 1e6 }).nodes.length === 0;
    // Sixteen windows of 25, and 16 for each of the 16 elements that are there.
    expect(vanishes(400 - 256)).toBe(true);
    expect(vanishes(399 - 256)).toBe(false);
  });

  it('knows what an operator does beyond its results', () => {
    const b = new GraphBuilder('test');
    const map = b.one('ConstantOfShape', [b.ints('dims', [1, 1, 1, 64])], { dtype: 'float32', value: 1 });
    b.output(b.one('LRN', [map], { size: 1000, alpha: 1, beta: 1, bias: 1 }));
    const sizes = [b.constant('none', tensorOf('float32', [0], [])), b.ints('sizes', [1, 1, 1000, 1])];
    b.output(b.one('Resize', [map, ...sizes], { ...PLAIN_RESIZE, mode: 'linear', antialias: true }));
    const left = (steps: number): number => propagate(b.build(), { steps, elements: 1e6 }).nodes.length;
    // Eight elements in the file give 128. LRN looks at all 64 channels for each; the map of 1000 between two axes has a price.
    const [fill, lrn, resize] = [68 - 128, 64 * 64, 1 * (8 + 64) + 1000 * (8 + 1)];
    expect(left(fill + lrn - 1)).toBe(2);
    expect(left(fill + lrn + resize - 1)).toBe(1);
    expect(left(fill + lrn + resize)).toBe(0);
  });

  it('makes weights of a product that no other value may have', () => {
    const b = new GraphBuilder('test');
    const made = b.one('ConstantOfShape', [b.ints('dims', [50, 50])], { dtype: 'float32', value: 1 });
    const turned = b.one('Transpose', [made], { perm: [1, 0] });
    const x = b.input('x', 'float32', [2, 50]);
    b.output(b.one('MatMul', [x, turned], { transA: false, transB: false, activation: NO_ACTIVATION }));
    expect(propagate(b.build(), { steps: 0, elements: 0 }).nodes).toHaveLength(1);
  });

  it('makes no two gigabytes of zeros', () => {
    const b = new GraphBuilder('hostile');
    const shape = b.ints('shape', [2 ** 29]);
    b.output(b.one('ConstantOfShape', [shape], { dtype: 'float32', value: 0 }, { name: 'zeros' }));
    const before = process.memoryUsage().rss;
    expect(foldConstants(b.build()).nodes).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });

  it('refuses one absurd constant before allocating it', () => {
    const b = new GraphBuilder('test');
    const dims = b.ints('dims', [65536, 65536]);
    b.output(b.one('ConstantOfShape', [dims], { dtype: 'float32', value: 1 }, { name: 'huge' }));
    expect(() => foldConstants(b.build())).toThrow(/node "huge" \(ConstantOfShape\).*limit/);
  });

  it('refuses more dimensions than anything has, which a Gather by itself doubles', () => {
    const b = new GraphBuilder('test');
    const indices = b.input('x', 'int64', [1, 1]);
    b.output(range(24).reduce((v, i) => b.one('Gather', [v, v], { axis: 0 }, { name: `g${i}` }), indices));
    expect(() => foldConstants(b.build())).toThrow(/node "g4" \(Gather\).* 32 dimensions/);
  });

  it('resizes a constant without a list of its elements', () => {
    const b = new GraphBuilder('test');
    const ones = b.one('ConstantOfShape', [b.ints('shape', [2000, 1000])], { dtype: 'float32', value: 1 });
    const sizes = b.ints('sizes', [2000, 1000]);
    b.output(b.one('Resize', [ones, '', sizes], PLAIN_RESIZE));
    const before = process.memoryUsage().rss;
    expect(foldConstants(b.build()).nodes).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(1.5e8);
  });
});
