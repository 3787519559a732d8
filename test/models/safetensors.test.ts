/** Weights from a safetensors file: the way the README shows, through the public entry points. */
import { expect, it } from 'vitest';
import * as models from '../../models/index.ts';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { Session } from '../../src/index.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { encodeSafetensors } from '../helpers/safetensors-bytes.ts';

const { fromSafetensors, mobilenetV2, randomWeights, readSafetensors } = models;
const small = { width: 0.35, resolution: 32, classes: 10 };

/** What PyTorch would save: every parameter under torchvision's name, and the counters that inference does not need. */
function savedNetwork(): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  const seeded = randomWeights(7);
  const get = (name: string, shape: readonly number[]): Tensor => {
    if (name.endsWith('.running_var'))
      tensors[name.replace('running_var', 'num_batches_tracked')] = tensorOf('int64', [], [3]);
    return (tensors[name] = seeded.get(name, shape));
  };
  mobilenetV2({ ...small, weights: { get } });
  return tensors;
}

it('a builder runs with the weights of a file', async () => {
  const saved = savedNetwork();
  expect(Object.keys(saved)).toEqual(
    expect.arrayContaining(['features.0.0.weight', 'features.1.conv.0.1.running_mean', 'classifier.1.bias']),
  );
  const file = encodeSafetensors(saved);
  const weights = fromSafetensors(readSafetensors(file));
  const session = await Session.create(mobilenetV2({ ...small, weights }), { backend: 'cpu' });
  const direct = await Session.create(mobilenetV2({ ...small, weights: randomWeights(7) }), { backend: 'cpu' });
  const input = randomTensor('float32', [1, 32, 32, 3], randomSource(1));
  const { logits } = await session.run({ input });
  const { logits: expected } = await direct.run({ input });
  expect(logits?.shape).toEqual([1, 10]);
  // The file holds float32: nothing may be lost on the way.
  if (logits && expected) expectClose(logits, expected, { rtol: 0, atol: 0 });
});

it('a file of another width names the parameter that does not fit', () => {
  const weights = fromSafetensors(readSafetensors(encodeSafetensors(savedNetwork()), 'narrow.safetensors'));
  expect(() => mobilenetV2({ ...small, width: 1, weights })).toThrow(InputError);
  expect(() => mobilenetV2({ ...small, width: 1, weights })).toThrow(/"features\.0\.0\.weight" has shape 16x3x3x3/);
});
