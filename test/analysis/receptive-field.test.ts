/** Receptive fields: the recurrence by hand, and through a graph with branches. */
import { describe, expect, it } from 'vitest';
import { receptiveField, receptiveFields } from '../../src/analysis/receptive-field.ts';
import { zeros } from '../../src/core/tensor.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import type { WindowStep } from '../../src/ops/definition.ts';
import { graphOf } from '../helpers/passes.ts';

const repeat = (n: number, step: WindowStep): WindowStep[] => Array.from({ length: n }, () => step);
const conv3: WindowStep = { kernel: 3, stride: 1 };
const pool2: WindowStep = { kernel: 2, stride: 2 };

describe('receptiveField', () => {
  it.each<[string, WindowStep[], number, number]>([
    ['nothing', [], 1, 1],
    ['one 3×3', [conv3], 3, 1],
    ['two 3×3 see as much as one 5×5', repeat(2, conv3), 5, 1],
    ['three 3×3 as one 7×7', repeat(3, conv3), 7, 1],
    ['a 3×3 with dilation 2 as a 5×5', [{ ...conv3, dilation: 2 }], 5, 1],
    ['dilations 1, 2, 4 (arXiv:1511.07122: 15×15)', [1, 2, 4].map((dilation) => ({ ...conv3, dilation })), 15, 1],
    ['stride 2, then 3×3: 3 + 2·2', [{ kernel: 3, stride: 2 }, conv3], 7, 2],
    // conv1 11/4, pool 3/2, conv2 5, pool 3/2, three 3×3, pool 3/2.
    [
      'AlexNet up to pool5: 195, stride 32',
      [
        { kernel: 11, stride: 4 },
        { kernel: 3, stride: 2 },
        { kernel: 5, stride: 1 },
        { kernel: 3, stride: 2 },
        ...repeat(3, conv3),
        { kernel: 3, stride: 2 },
      ],
      195,
      32,
    ],
    ['VGG-16 up to pool5: 212, stride 32', [2, 2, 3, 3, 3].flatMap((n) => [...repeat(n, conv3), pool2]), 212, 32],
  ])('%s', (_, steps, field, jump) => expect(receptiveField(steps)).toEqual({ field, jump }));
});

describe('receptiveFields', () => {
  it('follows windows of a graph per dimension, and takes the largest where branches meet', () => {
    const window = { strides: [2, 1], dilations: [1, 2], pads: [1, 2, 1, 2], padMode: 'explicit' } as const;
    const graph = graphOf((b) => {
      const x = b.input('x', 'float32', [1, 8, 8, 2]);
      const w = b.initializer('w', zeros('float32', [3, 3, 2, 2]));
      const a = b.one('Conv', [x, w], { ...window, group: 1, activation: NO_ACTIVATION }, { outputs: ['a'] });
      const p = {
        kernel: [2, 2],
        strides: [2, 1],
        dilations: [1, 1],
        pads: [0, 0, 0, 0],
        padMode: 'explicit',
        ceilMode: false,
      } as const;
      const short = b.one('MaxPool', [x], { ...p, pads: [0, 0, 0, 1] }, { outputs: ['p'] });
      const sum = b.one('Binary', [a, short], { kind: 'add', activation: RELU }, { outputs: ['sum'] });
      const up = { ...PLAIN_RESIZE, axes: [1, 2], nearestMode: 'floor' } as const;
      const big = b.one('Resize', [sum, '', b.ints('size', [8, 8])], up, { outputs: ['big'] });
      return b.one('GlobalAveragePool', [big], {}, { outputs: ['y'] });
    });
    const fields = receptiveFields(graph);
    expect(fields.get('a')).toEqual([
      { field: 3, jump: 2 },
      { field: 5, jump: 1 },
    ]);
    expect(fields.get('p')).toEqual([
      { field: 2, jump: 2 },
      { field: 2, jump: 1 },
    ]);
    expect(fields.get('sum')).toEqual(fields.get('a'));
    expect(fields.get('big')).toEqual([
      { field: 3, jump: 1 },
      { field: 5, jump: 1 },
    ]);
    expect(fields.get('y')).toEqual([
      { field: 10, jump: 8 },
      { field: 12, jump: 8 },
    ]);
    expect(fields.has('w')).toBe(false);
  });
});
