/** A short run of the fuzzing target that needs a GPU. */
import { expect, it } from 'vitest';
import { inputOf } from './target.ts';
import { closeDevice, networks } from './targets/networks.ts';

it('changed networks give the same on the GPU as on the reference', async () => {
  let compared = 0;
  try {
    for (let index = 0; index < 24; index++) {
      if ((await networks.run(inputOf(networks, 1, index), {})) === true) compared++;
    }
  } finally {
    await closeDevice();
  }
  // Not all were refused.
  expect(compared).toBeGreaterThan(5);
});
