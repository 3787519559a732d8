/** Networks as they are trained: what is left of them when they are used; and the form that was before `layer`. */
import { describe, expect, it } from 'vitest';
import { add, layer, load, results, X } from './tiny-net.ts';

/** A layer that brings pictures of two channels, and labels. */
const data = (crop: number, phase: string): string =>
  layer('data', 'Data', 'x', 'xl', `transform_param { crop_size: ${crop} mean_value: [1, 2] } ${phase}`).replace(
    'bottom: "x"',
    '',
  );

describe('a network for training', () => {
  const TRAIN = 'include { phase: TRAIN }';
  const TEST = 'include { phase: TEST }';
  it('is what it is when it is tested, with its labels, judges and losses left out', async () => {
    const model = await load(
      `name: "t" ${data(5, TRAIN)} ${data(1, TEST)} ${add('a', 'x', 'y', 1)} ${add('b', 'y', 'y', 100, TRAIN)} ${layer('acc', 'Accuracy', 'yl', 'v', TEST)} ${layer('loss', 'SoftmaxWithLoss', 'yl', 's', 'loss_param { ignore_label: 255 }')}`,
    );
    expect(model.graph.inputs.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'x', shape: [1, 2, 1, 1] },
    ]);
    expect(results(model)).toEqual({ s: 0.5 });
    expect(model.warnings).toEqual(['Layers of training are left out: "acc" (Accuracy)']);
    expect(model.metadata.get('name')).toBe('t');
  });

  it('gives what its losses read', async () => {
    const model = await load(`${data(1, '')} ${add('a', 'x', 'y', 1)} ${layer('loss', 'EuclideanLoss', 'yl', 's')}`);
    expect(results(model)).toEqual({ y: 1 });
    expect(model.warnings?.[0]).toContain('"loss" (EuclideanLoss)');
  });

  it('gives the second top of a loss, if it has one', async () => {
    const model = await load(`${data(1, '')} ${layer('loss', 'SoftmaxWithLoss', 'xl', 'sp')}`);
    expect(results(model)).toEqual({ p: 0.5 });
  });

  it('loses what is done to its labels alone', async () => {
    const parts = layer('s', 'Slice', 'l', 'mn', 'slice_param { slice_point: 1 }');
    const losses = layer('e', 'EuclideanLoss', 'xm', 'p') + layer('f', 'EuclideanLoss', 'xn', 'q');
    expect(results(await load(`${data(1, '')} ${parts} ${add('a', 'x', 'y', 1)} ${losses}`))).toEqual({ y: 1 });
  });

  it('is fed what more than training reads', async () => {
    const model = await load(`${data(1, '')} ${layer('c', 'Concat', 'xl', 'y', 'concat_param { axis: 0 }')}`);
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['x', 'l']);
  });

  it('has layers by phases, levels and stages', async () => {
    const rules = [
      ['', true],
      ['include { phase: TEST }', true],
      ['include { phase: 0 }', false],
      ['exclude { phase: TEST }', false],
      ['exclude { phase: TRAIN }', true],
      ['include { stage: "deploy" }', true],
      ['include { stage: "deploy" stage: "val" }', false],
      ['include { stage: "val" } include { stage: "deploy" }', true],
      ['include { not_stage: "deploy" }', false],
      ['include { not_stage: "val" }', true],
      ['include { min_level: 2 }', true],
      ['include { min_level: 3 }', false],
      ['include { max_level: 1 }', false],
      ['exclude { min_level: 1 max_level: 5 }', false],
    ] as const;
    for (const [rule, isThere] of rules) {
      const net = `state { level: 2 stage: "deploy" } ${X} ${add('a', 'x', 'y', 1)} ${add('b', 'y', 'y', 10, rule)}`;
      expect([rule, results(await load(net))]).toEqual([rule, { y: isThere ? 11 : 1 }]);
    }
  });
});

describe('the old form', () => {
  it('has names of an enum for types', async () => {
    const power =
      'layers { name: "a" type: POWER bottom: "x" top: "y" power_param { shift: 1 } blobs_lr: 1 weight_decay: 0 }';
    const relu = 'layers { name: "b" type: RELU bottom: "y" top: "y" }';
    const soft = 'layers { name: "c" type: SOFTMAX_LOSS bottom: "y" bottom: "l" }';
    expect(results(await load(`${X} ${power} ${relu}`))).toEqual({ y: 1 });
    expect(results(await load(`${X} ${power} ${soft}`))).toEqual({ c: 0.5 });
  });
});
