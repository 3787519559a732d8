/** Binding symbolic dimensions: what binds, what defaults, what is refused and how. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import type { Dim, Graph } from '../../src/ir/graph.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { RELU } from '../../src/ir/ops.ts';
import { bindShapes } from '../../src/passes/bind-shapes.ts';
import { freeze } from '../helpers/passes.ts';

function graph(shapes: Readonly<Record<string, readonly Dim[]>>): Graph {
  const b = new GraphBuilder('test');
  for (const [name, shape] of Object.entries(shapes)) {
    b.output(b.one('Activation', [b.input(name, 'float32', shape)], { activation: RELU }));
  }
  return freeze(b.build());
}

const shapesOf = (g: Graph): unknown => Object.fromEntries(g.inputs.map((i) => [i.name, i.shape]));

describe('bindShapes', () => {
  it('returns a static graph as it is', () => {
    const g = graph({ x: [1, 3] });
    expect(bindShapes(g)).toBe(g);
    expect(bindShapes(g, { x: [1, 3] })).toBe(g);
  });

  it('binds a symbol everywhere it stands', () => {
    const g = graph({ x: ['n', 3, 'h', 'w'], y: ['n', 'h'] });
    expect(shapesOf(bindShapes(g, { x: [2, 3, 5, 7] }))).toEqual({ x: [2, 3, 5, 7], y: [2, 5] });
  });

  it('binds a symbol to nothing at all', () => {
    expect(shapesOf(bindShapes(graph({ x: ['n', 3] }), { x: [0, 3] }))).toEqual({ x: [0, 3] });
  });

  it('takes one symbol for several numbers where inputs are given them: operators say what fits', () => {
    const g = graph({ x: ['n', 3, 'h', 'w'], y: ['n', 'h'], z: ['n', 2] });
    expect(shapesOf(bindShapes(g, { x: [4, 3, 5, 7], y: [1, 5] }))).toEqual({ x: [4, 3, 5, 7], y: [1, 5], z: [4, 2] });
  });

  it('takes 1 for an unbound leading symbol', () => {
    expect(shapesOf(bindShapes(graph({ x: ['batch', 3, 8, 8] })))).toEqual({ x: [1, 3, 8, 8] });
  });

  it('keeps those of suggested extents that are fixed all the same', () => {
    const g = graph({ x: [1, 3, 8, 8] });
    const inputs = g.inputs.map((input) => ({ ...input, suggested: true as const, fixed: [1] }));
    expect(bindShapes({ ...g, inputs }, { x: [2, 3, 9, 9] }).inputs).toEqual([
      { name: 'x', dtype: 'float32', shape: [2, 3, 9, 9] },
    ]);
    expect(() => bindShapes({ ...g, inputs }, { x: [1, 1, 8, 8] })).toThrow('dimension 1 is fixed to 3');
  });

  it('takes what is given in place of suggested extents, which hold elsewhere and are fixed from then on', () => {
    const g = graph({ x: [1, 3, 8, 8], y: [2, 2] });
    const suggesting = { ...g, inputs: g.inputs.map((input) => ({ ...input, suggested: true as const })) };
    expect(bindShapes(suggesting, { x: [4, 3, 5, 7] }).inputs).toEqual([
      { name: 'x', dtype: 'float32', shape: [4, 3, 5, 7] },
      { name: 'y', dtype: 'float32', shape: [2, 2] },
    ]);
    expect(bindShapes(suggesting)).toEqual(g);
    expect(() => bindShapes(suggesting, { x: [3, 8, 8] })).toThrow(
      'input "x" expects 1x3x8x8, got 3x8x8: rank 3 instead of 4',
    );
    expect(() => bindShapes(suggesting, { x: [1, 3, -8, 8] })).toThrow('dimension 2 is not a whole number');
    expect(() => bindShapes(bindShapes(suggesting), { x: [1, 3, 9, 8] })).toThrow('dimension 2 is fixed to 8');
  });

  it.each([
    ['an unknown name', { z: [1] }, /no input "z".*Its inputs are "x", "y"/],
    ['a wrong rank', { x: [1, 3] }, /input "x" expects nx3xhxw, got 1x3: rank 2 instead of 4/],
    ['another fixed extent', { x: [1, 4, 5, 5] }, /input "x" expects nx3xhxw, got 1x4x5x5: dimension 1 is fixed to 3/],
    ['a negative extent', { x: [-1, 3, 5, 5] }, /dimension 0 is not a whole number/],
    ['a fraction', { x: [1, 3, 2.5, 5] }, /dimension 2 is not a whole number/],
    ['symbols left over', {}, /dimensions "h", "w" of input "x" nx3xhxw, "y" nxh are not bound\. Pass inputShapes/],
  ])('refuses %s', (_, shapes, message) => {
    const g = graph({ x: ['n', 3, 'h', 'w'], y: ['n', 'h'] });
    expect(() => bindShapes(g, shapes)).toThrow(ShapeError);
    expect(() => bindShapes(g, shapes)).toThrow(message);
  });
});
