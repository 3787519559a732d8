/** A detector of two stages in a page: proposals, suppression and pooling of boxes run on WebGPU there as the CPU reference does. */
import { expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from '../helpers/close.ts';
import { withPages } from '../helpers/page-server.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { smallTwoStage } from '../helpers/two-stage-networks.ts';

const graph = smallTwoStage();
const image = randomTensor('float32', [1, 64, 64, 3], randomSource(11), -2, 2);

const open = withPages();

it('finds in Chromium what the CPU reference finds', async () => {
  const session = await Session.create(graph, { backend: 'cpu' });
  const reference = await session.run({ input: image });
  session.dispose();
  const tab = await open();
  const answer = await tab.evaluate(
    (values, shape) => globalThis.page.findInTwoStages({ shape, values }),
    [...image.data],
    image.shape,
  );
  expect(Object.keys(answer)).toEqual(Object.keys(reference));
  expect(reference['labels']?.shape[0]).toBeGreaterThan(3);
  for (const [name, expected] of Object.entries(reference)) {
    const { shape = [], values = [] } = answer[name] ?? {};
    // Corners are pixels of 64, through some thirty layers of float32.
    expectClose(tensorOf(expected.dtype, shape, values), expected, { rtol: 1e-3, atol: 2e-3 }, name);
  }
});
