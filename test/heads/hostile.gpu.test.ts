/** Heads on the GPU with numbers that no network should give among those that it may: what is found is what the reference finds. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { InputError } from '../../src/core/errors.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { createDetector } from '../../src/tasks/detector.ts';
import type { HeadedTaskOptions } from '../../src/tasks/headed-task.ts';
import type { Detection } from '../../src/vision/decode/detections.ts';
import { at } from '../../src/util/arrays.ts';
import { FULL } from '../helpers/full.ts';
import { seen } from '../helpers/count-dispatches.ts';
import { HEAD_CASES, INPUT, type HeadCase, type Outputs } from '../helpers/head-cases.ts';
import { randomSource } from '../helpers/random.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

/** Black: its greatest number is 0. */
const PICTURE = { ...INPUT, data: new Uint8ClampedArray(4 * INPUT.width * INPUT.height) };
const PLAIN = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
const HOSTILE = [NaN, Infinity, -Infinity];

/** A network that adds the brightest pixel to each of its outputs: nothing of what follows is known before it runs. */
function network(outputs: Outputs): Graph {
  const b = new GraphBuilder('sums');
  const picture = b.input('picture', 'float32', [1, 3, INPUT.height, INPUT.width]);
  const most = b.one('Reduce', [picture], { kind: 'max', axes: [], keepDims: false });
  for (const [name, value] of Object.entries(outputs)) {
    const inputs = [b.constant('value', value)];
    const isReal = value.dtype === 'float32';
    if (isReal)
      b.output(b.one('Binary', [...inputs, most], { kind: 'add', activation: NO_ACTIVATION }, { outputs: [name] }));
    else b.output(b.one('Identity', inputs, {}, { outputs: [name] }));
  }
  return b.build();
}

/** Every so many elements one that is hostile. */
function spoiled(outputs: Outputs, every: number): Outputs {
  const random = randomSource(every);
  const spoil = ({ dtype, shape, data }: Tensor): Tensor => {
    if (dtype !== 'float32') return tensorOf(dtype, shape, data);
    const values = Array.from(data, (value) =>
      random() * every < 1 ? at(HOSTILE, Math.floor(random() * HOSTILE.length)) : value,
    );
    return tensorOf(dtype, shape, values);
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, spoil(tensor)]));
}

/** What is found, or the error that says why nothing is. */
async function outcome(
  { decode, labels }: HeadCase,
  outputs: Outputs,
  options: HeadedTaskOptions,
): Promise<readonly Detection[] | string> {
  const said = { decode, preprocessing: PLAIN, ...(labels ? { labels } : {}), ...options };
  using detector = await createDetector(network(outputs), said);
  try {
    return await detector.detect(PICTURE, { threshold: 0.3 });
  } catch (error) {
    if (error instanceof InputError) return error.reason;
    throw error;
  }
}

/** The classes, or the error but for its numbers. */
const kindOf = (found: readonly Detection[] | string): unknown =>
  typeof found === 'string' ? found.replace(/-?(NaN|Infinity|[\d.e+-]+)/g, '#') : found.map(({ index }) => index);

const numbersOf = (found: readonly Detection[] | string): number[] =>
  typeof found === 'string' ? [] : found.flatMap(({ x, y, width, height, score }) => [x, y, width, height, score]);

/** One of each kind. */
const KINDS = HEAD_CASES.filter(({ decode }, i) => HEAD_CASES.findIndex((other) => other.decode === decode) === i);

describe('numbers that no network should give', () => {
  it.each(FULL ? KINDS : KINDS.slice(0, 2))('$decode', async (head) => {
    for (const every of FULL ? [3, 40, 400] : [40]) {
      const outputs = spoiled(head.outputs, every);
      const [onGpu, onCpu] = [await outcome(head, outputs, { gpu }), await outcome(head, outputs, { backend: 'cpu' })];
      expect(kindOf(onGpu)).toEqual(kindOf(onCpu));
      const [a, b] = [numbersOf(onGpu), numbersOf(onCpu)];
      expect(Math.max(0, ...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))))).toBeLessThan(1e-3);
    }
  });
});

describe('dispatches', () => {
  /** With those of the network above: one for its greatest pixel, one for each output. */
  it.each([
    ['yolov8', 36],
    ['fastest-det', 34],
    ['centernet', 33],
    ['ssd', 18],
  ] as const)('%s takes %d from pixels to kept boxes', async (decode, count) => {
    const head = KINDS.find((kind) => kind.decode === decode);
    if (!head) throw new TypeError('no case');
    using detector = await createDetector(network(head.outputs), { decode, preprocessing: PLAIN, gpu });
    await detector.detect(PICTURE);
    const before = seen.dispatches;
    await detector.detect(PICTURE);
    expect(seen.dispatches - before).toBe(count);
  });
});
