/** What exporters of detectors write around NonMaxSuppression, whose rows depend on data: run on the CPU, and by onnxruntime. */
import { describe, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import type { OnnxModel, OnnxNode } from '../../helpers/onnx-bytes.ts';
import { agreesWithOrt, floatPort, node } from '../../helpers/onnx-models.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const int = (value: number): Tensor => tensorOf('int64', [], [value]);
const float = (...values: number[]): Tensor => tensorOf('float32', [values.length], values);

const [BATCH, CLASSES, N] = [2, 3, 17];

const CONSTANTS = {
  most: ints(4),
  overlap: float(0.45),
  score: float(0.3),
  minus: ints(-1),
  none: ints(0),
  one: ints(1),
  two: ints(2),
  first: int(1),
  second: int(2),
  pair: ints(0, 2),
  all: ints(-1, 4),
};

/** Boxes of corners, of sizes that overlap, and scores. */
function feeds(batch = BATCH): Record<string, Tensor> {
  const random = randomSource(9);
  const boxes = range(batch * N).flatMap(() => {
    const [x, y] = [8 * random(), 8 * random()];
    return [x, y, x + 3 + 2 * random(), y + 3 + 2 * random()];
  });
  return {
    boxes: tensorOf('float32', [batch, N, 4], boxes),
    scores: randomTensor('float32', [batch, CLASSES, N], random, 0, 1),
  };
}

function model(nodes: readonly OnnxNode[], outputs: OnnxModel['outputs'], batch = BATCH): OnnxModel {
  return {
    opset: 17,
    inputs: [
      { name: 'boxes', dtype: 'float32', shape: [batch, N, 4] },
      { name: 'scores', dtype: 'float32', shape: [batch, CLASSES, N] },
    ],
    outputs,
    nodes: [node('NonMaxSuppression', 'boxes scores most overlap score', 'rows'), ...nodes],
    initializers: Object.entries(CONSTANTS),
  };
}

const axis = (i: number): OnnxNode['attributes'] => ({ axis: { i } });

describe('rows of NonMaxSuppression', () => {
  it('to boxes and scores by GatherND, in one table', async () => {
    const nodes = [
      node('Gather', 'rows pair', 'where', axis(1)),
      node('GatherND', 'boxes where', 'chosen'),
      node('GatherND', 'scores rows', 'given'),
      node('Unsqueeze', 'given minus', 'column'),
      node('Gather', 'rows first', 'label', axis(1)),
      node('Cast', 'label', 'real', { to: { i: 1 } }),
      node('Unsqueeze', 'real one', 'labels'),
      node('Gather', 'rows none', 'picture', axis(1)),
      node('Cast', 'picture', 'pictures', { to: { i: 1 } }),
      node('Concat', 'pictures chosen labels column', 'table', axis(1)),
    ];
    await agreesWithOrt(model(nodes, [floatPort('table', 2)]), feeds());
  });

  it('to boxes by Gather and Squeeze of one picture', async () => {
    const nodes = [
      node('Gather', 'rows two', 'column', axis(1)),
      node('Squeeze', 'column one', 'keep'),
      node('Squeeze', 'boxes none', 'flat'),
      node('Gather', 'flat keep', 'chosen', axis(0)),
    ];
    await agreesWithOrt(model(nodes, [floatPort('chosen', 2)], 1), feeds(1));
  });

  it('to indices of all boxes of all pictures', async () => {
    const nodes = [
      node('Split', 'rows', 'picture label box', { axis: { i: 1 } }),
      node('Mul', 'picture count', 'begin'),
      node('Add', 'begin box', 'where'),
      node('Squeeze', 'where one', 'flat'),
      node('Reshape', 'boxes all', 'table'),
      node('Gather', 'table flat', 'chosen', axis(0)),
    ];
    const { initializers = [], ...rest } = model(nodes, [floatPort('chosen', 2)]);
    await agreesWithOrt({ ...rest, initializers: [...initializers, ['count', ints(N)]] }, feeds());
  });

  it('of classes apart by what is added to boxes', async () => {
    // torchvision's batched_nms: boxes of one class never overlap those of another.
    const nodes = [
      node('ReduceMax', 'boxes', 'furthest', { keepdims: { i: 0 } }),
      node('Add', 'furthest unit', 'step'),
      node('ArgMax', 'scores', 'label', { axis: { i: 1 }, keepdims: { i: 0 } }),
      node('ReduceMax', 'scores', 'best', { axes: { ints: [1] }, keepdims: { i: 1 } }),
      node('Cast', 'label', 'real', { to: { i: 1 } }),
      node('Mul', 'real step', 'shift'),
      node('Unsqueeze', 'shift two', 'shifts'),
      node('Add', 'boxes shifts', 'apart'),
      node('NonMaxSuppression', 'apart best most overlap score', 'kept'),
      node('Gather', 'kept second', 'keep', axis(1)),
      node('Squeeze', 'boxes none', 'flat'),
      node('Gather', 'flat keep', 'chosen', axis(0)),
      node('Reshape', 'label minus', 'labels'),
      node('Gather', 'labels keep', 'names', axis(0)),
    ];
    const { initializers = [], ...rest } = model(
      nodes,
      [floatPort('chosen', 2), { name: 'names', dtype: 'int64', shape: ['k'] }],
      1,
    );
    await agreesWithOrt({ ...rest, initializers: [...initializers, ['unit', float(1)]] }, feeds(1));
  });
});
