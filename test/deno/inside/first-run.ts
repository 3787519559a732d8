/** Runs in Deno, without a cache of compiled shaders: how long loading takes, and the first run. */
import { openGpu } from '../../../src/node/adapter.ts';
import { npmModelFiles } from '../../helpers/npm-models.ts';
import { Session } from '../../../src/session/session.ts';
import { zeros } from '../../../src/core/tensor.ts';
import { tell } from './tell.ts';

await tell('blazeface', async () => {
  const start = performance.now();
  using session = await Session.create(await npmModelFiles('@vladmandic/human', 'models/blazeface.json'), {
    gpu: async () => (await openGpu()).adapter,
  });
  const loaded = performance.now();
  const feeds = session.inputs.map(({ name, dtype, shape }) => [name, zeros(dtype, shape.map(Number))] as const);
  await session.run(Object.fromEntries(feeds));
  return { loadMs: loaded - start, firstRunMs: performance.now() - loaded };
});
