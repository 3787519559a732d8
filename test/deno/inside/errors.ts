/** Runs in Deno: what is wrong with a run is told by a typed error, and hangs nothing. */
import { TilewiseError } from '../../../src/core/errors.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { requestDevice } from '../../../src/runtime/webgpu/device.ts';
import { compilePipeline } from '../../../src/runtime/webgpu/pipelines.ts';
import type { Feed } from '../../../src/session/feeds.ts';
import { Session } from '../../../src/session/session.ts';
import type { Told } from '../deno.ts';
import { tell } from './tell.ts';

/** Squares of so many numbers. */
function squares(count: number): ReturnType<GraphBuilder['build']> {
  const b = new GraphBuilder('squares');
  b.output(b.one('Unary', [b.input('x', 'float32', [count])], { kind: 'square' }, { name: 'square' }));
  return b.build();
}

/** The code of the error that work comes to. */
async function codeOf(work: Promise<unknown>): Promise<Omit<Told, 'name'>> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { code: error instanceof TilewiseError ? error.code : `no error of ours: ${String(error)}` };
}

const open = async (): Promise<GPUDevice> => requestDevice((await openGpu()).adapter);
const device = await open();
const session = await Session.create(squares(4), { gpu: device });
const run = (x: Feed): Promise<unknown> => session.run({ x });
const inBuffer = (owner: GPUDevice): { dtype: 'float32'; shape: number[]; buffer: GPUBuffer } => {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  return { dtype: 'float32', shape: [4], buffer: owner.createBuffer({ size: 16, usage }) };
};

const destroyed = inBuffer(device);
destroyed.buffer.destroy();
await tell('a destroyed buffer', () => codeOf(run(destroyed)));
const other = await open();
await tell("another device's buffer", () => codeOf(run(inBuffer(other))));
await tell('a value beyond what the device binds', () => codeOf(Session.create(squares(2e8), { gpu: device })));
const refused = { wgsl: 'nothing', bindings: [], hasParams: false, label: 'refused' };
await tell('refused WGSL', () => codeOf(compilePipeline(device, refused)));
await tell('a run after all these', async () => {
  const { data } = Object.values(await session.run({ x: { shape: [4], data: Float32Array.of(1, 2, 3, 4) } }))[0] ?? {};
  return { code: String(data) };
});
device.destroy();
await tell('a lost device', () => codeOf(run({ shape: [4], data: new Float32Array(4) })));
