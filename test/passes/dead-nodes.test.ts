/** What no output depends on goes; everything else stays, graph inputs included. */
import { expect, it } from 'vitest';
import { RELU } from '../../src/ir/ops.ts';
import { print } from '../../src/ir/print.ts';
import { removeDeadNodes } from '../../src/passes/dead-nodes.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { applyPass, weights } from '../helpers/passes.ts';

it('removes unread nodes, chains of them, and their constants', () => {
  const b = new GraphBuilder('test');
  const x = b.input('x', 'float32', [2, 3]);
  b.input('unused', 'float32', [1]);
  const unread = b.one('PRelu', [x, weights(b, 'slope', [3])], {});
  b.one('Activation', [unread], { activation: RELU });
  b.add('Split', [x], { axis: 1, sizes: [1, 2] }, { outputs: ['', 'y'] });
  b.output('y');
  const after = applyPass(removeDeadNodes, inferShapes(b.build()));
  expect(print(after)).toBe(
    [
      'input x float32 2x3',
      'input unused float32 1',
      '_, y = Split(x) axis=1 sizes=[1,2] : float32 2x2',
      'output y',
    ].join('\n'),
  );
});
