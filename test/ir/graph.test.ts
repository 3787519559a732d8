/** Building, verifying and printing graphs; the text of errors. */
import { describe, expect, it } from 'vitest';
import { GraphError, UnsupportedError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { RELU, RELU6, type Node } from '../../src/ir/ops.ts';
import { print } from '../../src/ir/print.ts';
import { topologicalOrder, verify } from '../../src/ir/verify.ts';

const relu = (name: string, input: string, output: string): Node => ({
  op: 'Activation',
  name,
  inputs: [input],
  outputs: [output],
  attributes: { activation: RELU },
});

describe('graph', () => {
  it('prints one node a line', () => {
    const b = new GraphBuilder('g');
    const x = b.input('x', 'float32', ['batch', 3]);
    const w = b.initializer('w', tensorOf('float32', [3, 2], [1, 2, 3, 4, 5, 6]));
    const y = b.one('MatMul', [x, w, ''], { transA: false, transB: false, activation: RELU6 }, { outputs: ['y'] });
    b.output(y);
    expect(print(b.build())).toBe(
      [
        'input x float32 batchx3',
        'const w float32 3x2',
        'y = MatMul(x, w, _) transA=false transB=false activation=clip(0,6)',
        'output y',
      ].join('\n'),
    );
  });

  it('orders nodes by their data, depth first', () => {
    const nodes = [relu('c', 'b', 'c'), relu('a', 'x', 'a'), relu('d', 'x', 'd'), relu('b', 'a', 'b')];
    expect(topologicalOrder(nodes, ['x']).map((n) => n.name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps an order that is one: a branch is finished before the next begins', () => {
    const nodes = [relu('a', 'x', 'a'), relu('b', 'a', 'b'), relu('c', 'x', 'c'), relu('d', 'b', 'd')];
    expect(topologicalOrder(nodes, ['x'])).toEqual(nodes);
  });

  it('names the nodes of a cycle', () => {
    const nodes = [relu('one', 'b', 'a'), relu('two', 'a', 'b')];
    expect(() => topologicalOrder(nodes, [])).toThrow(new GraphError('the graph has a cycle through "one", "two"'));
  });

  it('names a missing tensor and a duplicate name, with the node', () => {
    expect(() => topologicalOrder([relu('n', 'nowhere', 'y')], [])).toThrow(/node "n" \(Activation\).*"nowhere"/);
    expect(() => topologicalOrder([relu('n', 'x', 'y'), relu('m', 'x', 'y')], ['x'])).toThrow(/"y" is defined twice/);
    const b = new GraphBuilder('g');
    b.input('x', 'float32', [1]);
    b.initializer('x', tensorOf('float32', [1], [0]));
    b.output('x');
    expect(() => b.build()).toThrow(/"x" is defined twice/);
  });

  it('refuses outputs that nothing produces, and no outputs at all', () => {
    const graph = { name: 'g', inputs: [], outputs: ['y'], nodes: [], initializers: new Map(), values: new Map() };
    expect(() => verify(graph)).toThrow(/"y" is produced by no node/);
    expect(() => verify({ ...graph, outputs: [] })).toThrow(/no outputs/);
  });

  it('lists everything unsupported in one error', () => {
    const error = new UnsupportedError([
      { node: 'a', op: 'Foo', what: 'operator' },
      { node: 'b', op: 'Conv', what: 'attribute x = 3' },
    ]);
    expect(error.code).toBe('UNSUPPORTED');
    expect(error.message).toBe(
      'the model needs 2 unsupported things:\n  Foo "a": operator\n  Conv "b": attribute x = 3',
    );
  });
});
