/** What is known of extents that depend on data while shapes are inferred, and what is refused by name. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { Session } from '../../src/session/session.ts';

const cpu = (graph: Graph): Promise<Session> => Session.create(graph, { backend: 'cpu' });

/** Rows `[6, 2]` of which some are chosen, and their Shape. */
function chosen(): { b: GraphBuilder; rows: string; extents: string } {
  const b = new GraphBuilder('chosen');
  const inputs = [b.input('x', 'float32', [6, 2]), b.input('mask', 'bool', [6])];
  const [rows = ''] = b.add('Compress', inputs, { axis: 0 }, { outputs: ['rows', 'count'] });
  return { b, rows, extents: b.one('Shape', [rows], {}) };
}

const ints = (...values: number[]) => tensorOf('int64', [values.length], values);

describe('extents that depend on data', () => {
  it.each([
    ['known', NO_ACTIVATION],
    ['refused', RELU],
  ])('in a list that has been computed with are %s with activation %o', async (what, activation) => {
    const { b, rows, extents } = chosen();
    const real = b.one('Cast', [extents], { to: 'float32' });
    const by = b.constant('by', tensorOf('float32', [2], [0, 1]));
    const less = b.one('Cast', [b.one('Binary', [real, by], { kind: 'sub', activation })], { to: 'int64' });
    const end = b.one('Slice', [less, b.constant('from', ints(0)), b.constant('to', ints(1))], {});
    b.output(b.one('Slice', [rows, b.constant('front', ints(0)), end], {}, { name: 'part', outputs: ['y'] }));
    const session = cpu(b.build());
    if (what === 'known') expect((await session).outputs[0]?.shape).toEqual(['count', 2]);
    else await expect(session).rejects.toThrow(/"part" \(Slice\): dimension 0 of input 0 depends on the data/);
  });

  it('are refused where bools are padded by true', async () => {
    const { b, rows, extents } = chosen();
    const half = b.constant('half', tensorOf('float32', [], [0.5]));
    const there = b.one('Binary', [rows, half], { kind: 'greater', activation: NO_ACTIVATION });
    const behind = b.one('Binary', [b.constant('room', ints(6, 2)), extents], {
      kind: 'sub',
      activation: NO_ACTIVATION,
    });
    const pads = b.one('Concat', [b.constant('none', ints(0, 0)), behind], { axis: 0 });
    const padded = (value: readonly string[], name: string): string =>
      b.one('Pad', [there, pads, ...value], { mode: 'constant' }, { name, outputs: [name] });
    b.output(padded([], 'by_false'));
    await expect(cpu(b.build())).resolves.toMatchObject({ outputs: [{ shape: [6, 2] }] });
    b.output(padded([b.constant('true', tensorOf('bool', [], [1]))], 'by_true'));
    const failing = cpu(b.build());
    await expect(failing).rejects.toThrow(ShapeError);
    await expect(failing).rejects.toThrow(/"by_true" \(Pad\): dimension 0 of input 0 depends on the data/);
  });

  it('go on where rows are made flat, and are refused where they are not next to each other', async () => {
    const { b, rows } = chosen();
    const spread = b.one('Unsqueeze', [rows], { axes: [0, 3] });
    b.output(b.one('Flatten', [spread], { axis: 2 }, { outputs: ['matrix'] }));
    b.output(b.one('Flatten', [rows], { axis: 0 }, { outputs: ['row'] }));
    const session = await cpu(b.build());
    expect(session.outputs[0]?.shape).toEqual(['count', 2]);
    const { row } = await session.run({
      x: tensorOf('float32', [6, 2], [...Array(12).keys()]),
      mask: tensorOf('bool', [6], [0, 1, 0, 0, 1, 0]),
    });
    expect(row).toEqual(tensorOf('float32', [1, 4], [2, 3, 8, 9]));
    const columns = b.one('Transpose', [rows], { perm: [1, 0] });
    b.output(b.one('Flatten', [columns], { axis: 0 }, { name: 'flat' }));
    await expect(cpu(b.build())).rejects.toThrow(/"flat" \(Flatten\): dimension 1 of input 0 depends on the data/);
  });
});
