/** A task of one's own: what it reads, what it makes of it, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { definePictureTask } from '../../src/tasks/define-task.ts';
import type { PictureRunOptions } from '../../src/tasks/picture-task.ts';

/** The mean of each channel of a picture of 2×2 pixels, as it is fed. */
function means(): Graph {
  const b = new GraphBuilder('means');
  b.output(b.one('GlobalAveragePool', [b.input('x', 'float32', [1, 2, 2, 3])], {}, { outputs: ['means'] }));
  return b.build();
}

const brightness = definePictureTask<PictureRunOptions & { scale?: number }, number>({
  call: 'brightness',
  options: { scale: 'positive', signal: 'signal', frameBudgetMs: 'positive' },
  bind: ({ session }) => session.outputs.map(({ name }) => name),
  decode: ([colours], _picture, _model, { scale = 1 }) =>
    scale * Array.from(colours?.data ?? []).reduce((sum, v) => sum + v / 3, 0),
});

const grey = (value: number) => ({ width: 2, height: 2, data: new Uint8Array(16).fill(value) });

describe('definePictureTask', () => {
  it('answers for a picture, and for several in their order', async () => {
    using task = await brightness(means(), { backend: 'cpu' });
    expect(await task.answer(grey(51), {})).toBeCloseTo(0.2, 6);
    const several = await task.answer([grey(0), grey(102), grey(255)], { scale: 10 });
    expect(several.map((v) => v.toFixed(5))).toEqual(['0.00000', '4.00000', '10.00000']);
    expect(await task.answer([], {})).toEqual([]);
  });

  it('refuses options that it has not, and to be without what it reads', async () => {
    using task = await brightness(means(), { backend: 'cpu' });
    await expect(task.answer(grey(1), { scale: -1 })).rejects.toThrow(InputError);
    await expect(task.answer(grey(1), { size: 1 } as never)).rejects.toThrow(/brightness/);
    const call = { call: 'nothing', options: {}, decode: () => 0 } as never;
    expect(() => definePictureTask(call)).toThrow('the task "nothing" does not say which outputs it reads');
  });
});
