/** The quantiser in a Worker of a page: its file is one that Node reads, and means what the page computes with it. */
import { expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { quantize } from '../../src/node/index.ts';
import { Session } from '../../src/session/session.ts';
import { randomSource } from '../../src/util/random.ts';
import { expectClose } from '../helpers/close.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { withPages } from '../helpers/page-server.ts';

const SHAPE = [1, 3, 8, 8];
const INPUT = 'pictures:0';
const random = randomSource(5);
const EXAMPLES = Array.from({ length: 4 }, () => Array.from({ length: 192 }, () => Math.fround(random() * 2 - 1)));

const open = withPages(new Map([['tiny.onnx', tinyClassifier()]]));

const feed = (data: readonly number[]): Record<string, Tensor> => ({ [INPUT]: tensorOf('float32', SHAPE, data) });

async function onCpu(model: Uint8Array, data: readonly number[]): Promise<Tensor> {
  const session = await Session.create(model, { backend: 'cpu' });
  const [result] = Object.values(await session.run(feed(data)));
  if (!result) throw new Error('no result');
  return result;
}

it('quantises a model in a Worker', async () => {
  const tab = await open();
  const model = '/files/tiny.onnx';
  const answer = await tab.evaluate((request) => globalThis.page.quantizeInWorker(request), {
    model,
    shape: SHAPE,
    examples: EXAMPLES,
  });
  if ('error' in answer) throw new Error(answer.error);
  expect(answer).toMatchObject({ calibrated: 2, stages: ['load', 'calibrate', 'judge'] });
  const [first = []] = EXAMPLES;
  const file = Uint8Array.from(answer.file);
  // Softmax of 8-bit logits on either side.
  const expected = await onCpu(file, first);
  expectClose(tensorOf('float32', [1, 4], answer.result), expected, { rtol: 1e-4, atol: 1e-5 });
  // Node's quantiser gives a file of the same size, whose numbers are as near to the model's.
  const examples = EXAMPLES.map(feed);
  const node = await quantize(tinyClassifier(), { calibrate: examples, perChannel: true, backend: 'cpu' });
  expect(file.length).toBe(node.model.length);
  expectClose(expected, await onCpu(tinyClassifier(), first), { rtol: 0, atol: 0.03 });
});
