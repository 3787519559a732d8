/** Runs in Deno: networks node by node against the CPU reference, and what was recorded of them. Arguments: which, by name. */
import process from 'node:process';
import { compareTensors } from '../../../src/core/compare.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import type { SessionOptions } from '../../../src/session/options.ts';
import { Session } from '../../../src/session/session.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';
import { readGolden } from '../../helpers/shared-data.ts';
import type { Told } from '../deno.ts';
import { PACKAGED, SHARED, type Network } from '../networks.ts';
import { tell } from './tell.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

/** The steps of a network that are wrong, each in a line. */
async function checkSteps(network: Network, options: SessionOptions): Promise<Omit<Told, 'name'>> {
  using session = await Session.create(await network.open(), { gpu, ...options });
  const random = randomSource(11);
  const feeds = session.inputs.map(({ name, dtype, shape }): [string, Tensor] => [
    name,
    randomTensor(
      dtype,
      shape.map((extent) => (typeof extent === 'number' ? extent : 1)),
      random,
      network.low,
      network.high,
    ),
  ]);
  const reports = await session.check(Object.fromEntries(feeds));
  const wrong = reports
    .filter(({ ok }) => !ok)
    .map(({ node, variants, text }) => `${node} (${variants.join()}): ${text}`);
  return { ...(wrong.length > 0 ? { error: wrong.join('\n') } : {}), runs: reports.length };
}

/** How a network differs from what another runtime made of the same input. */
async function compareRecorded(network: Network, golden: string): Promise<Omit<Told, 'name'>> {
  using session = await Session.create(await network.open(), { gpu });
  const recorded = readGolden(golden);
  const outputs = await session.run(Object.fromEntries(recorded.inputs.map((i) => [i.name, i.tensor])));
  const wrong = recorded.outputs.flatMap(({ name, tensor }) => {
    const actual = outputs[name];
    // As networks.gpu.test.ts has it: some fifty layers, in another order of summation.
    const { ok, text } = actual
      ? compareTensors(actual, tensor, { rtol: 1e-3, atol: 1e-4 })
      : { ok: false, text: 'absent' };
    return ok ? [] : [`${name}: ${text}`];
  });
  return { ...(wrong.length > 0 ? { error: wrong.join('\n') } : {}), runs: recorded.outputs.length };
}

for (const network of [...PACKAGED, ...SHARED]) {
  const { name, golden } = network;
  if (!process.argv.includes(name)) continue;
  await tell(`${name} in float32`, () => checkSteps(network, {}));
  await tell(`${name} in float16`, () => checkSteps(network, { precision: 'float16' }));
  if (golden !== undefined) await tell(`${name} as recorded`, () => compareRecorded(network, golden));
}
