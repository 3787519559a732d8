/** The process in which LiteRT.js runs: it takes the globals of a page. */
import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import { nodeHost } from '../../bench/peers/node-host.ts';
import type { LitertAnswer, LitertRequest } from './litert-oracle.ts';

const { host } = nodeHost(1, false);
// The build without relaxed SIMD, whose integer products differ between engines: Node 20's doubles sums of int8.
const loaded = loadLiteRt(host.asset('@litertjs/core/wasm/litert_wasm_compat_internal.js'), { threads: false });

async function run({ model: bytes, feeds }: LitertRequest): Promise<LitertAnswer> {
  await loaded;
  const model = await loadAndCompile(bytes, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
  const inputs = feeds.map(({ data, shape }) => new Tensor(data as Float32Array<ArrayBuffer>, [...shape]));
  const outputs = await model.run(inputs);
  const results = await Promise.all(
    outputs.map(async (output) => ({
      shape: [...output.type.layout.dimensions],
      data: (await output.data()).slice(),
    })),
  );
  for (const tensor of [...inputs, ...outputs]) tensor.delete();
  model.delete();
  return { results };
}

process.on('disconnect', () => process.exit());

process.on('message', (request: LitertRequest) => {
  run(request).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies LitertAnswer),
  );
});
