/** What the test page offers to the tests: plain functions on `globalThis.page`, answers that survive JSON. */
import { findModel } from '../../../src/catalogue/catalogue.ts';
import { Session, tensorOf, zeros, type ProfileReport, type Tensor, type TuningReport } from '../../../src/index.ts';
import { preprocess } from '../../../src/vision/preprocess.ts';
import { smallTwoStage } from '../../helpers/two-stage-networks.ts';
import { drawn, drawnInPage } from './drawing.ts';
import { givenUp, pictureFile } from './picture-files.ts';
import { watchCamera } from './camera.ts';
import { pictures, bitmapsClosed, refusals } from './pictures.ts';
import { watchWithTask } from './tasks.ts';
import type { QuantizeAnswer, QuantizeRequest } from './quantize-worker.ts';

/** A tensor that survives JSON. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Answers of the page. */
export interface TestPage {
  /** The adapter the page gets, and the result of one dispatch that doubles the given numbers. */
  readonly double: (values: number[]) => Promise<{ vendor: string; architecture: string; doubled: number[] }>;
  /** Scores of the picture at a URL by the model at another, prepared as the catalogue says for `name`. */
  readonly classify: (name: string, model: string, picture: string) => Promise<{ adapter: string; scores: number[] }>;
  /** What a small detector of two stages with seeded weights finds in an image on WebGPU. */
  readonly findInTwoStages: (image: PlainTensor) => Promise<Readonly<Record<string, PlainTensor>>>;
  /** What tuning did for a session of the model at a URL, with the default cache, and the session's result for zeros. */
  readonly tune: (model: string, tune: 'cached' | 'full') => Promise<{ tuning?: TuningReport; result: number[] }>;
  /** A profile of the model at a URL: its totals, how it was timed, its steps. */
  readonly profile: (model: string) => Promise<Pick<ProfileReport, 'timing' | 'totals'> & { steps: number }>;
  /** What a Worker makes of a model. */
  readonly quantizeInWorker: (request: QuantizeRequest) => Promise<QuantizeAnswer>;
  readonly drawn: typeof drawn;
  readonly drawnInPage: typeof drawnInPage;
  readonly pictures: typeof pictures;
  readonly bitmapsClosed: typeof bitmapsClosed;
  readonly refusals: typeof refusals;
  readonly watchCamera: typeof watchCamera;
  readonly watchWithTask: typeof watchWithTask;
  readonly pictureFile: typeof pictureFile;
  readonly givenUp: typeof givenUp;
}

const SHADER = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> data: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < arrayLength(&data)) { data[id.x] = data[id.x] * 2.0; }
}`;

async function double(values: number[]): ReturnType<TestPage['double']> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no adapter');
  const device = await adapter.requestDevice();
  const bytes = values.length * 4;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const storage = device.createBuffer({ size: bytes, usage });
  const staging = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: SHADER }) },
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: storage } }],
  });
  device.queue.writeBuffer(storage, 0, Float32Array.from(values));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(Math.ceil(values.length / 64));
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, staging, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const doubled = [...new Float32Array(staging.getMappedRange())];
  device.destroy();
  return { vendor: adapter.info.vendor, architecture: adapter.info.architecture, doubled };
}

async function classify(name: string, model: string, picture: string): ReturnType<TestPage['classify']> {
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const session = await Session.create(model, { backend: 'webgpu' });
  const [input] = session.inputs;
  const [output] = session.outputs;
  const { preprocessing } = findModel(name);
  if (!preprocessing) throw new TypeError(`${name} takes no picture`);
  const results = await session.run({ [input?.name ?? '']: preprocess(pixels, preprocessing) });
  const scores = [...(results[output?.name ?? '']?.data ?? [])];
  session.dispose();
  return { adapter: session.report.adapter, scores };
}

async function findInTwoStages({ shape, values }: PlainTensor): ReturnType<TestPage['findInTwoStages']> {
  const session = await Session.create(smallTwoStage(), { backend: 'webgpu' });
  const results = await session.run({ input: tensorOf('float32', shape, values) });
  session.dispose();
  const plain = Object.entries(results).map(([name, t]) => [name, { shape: t.shape, values: [...t.data] }] as const);
  return Object.fromEntries(plain);
}

async function tune(model: string, mode: 'cached' | 'full'): ReturnType<TestPage['tune']> {
  const session = await Session.create(model, { tune: mode, tuneBudgetMs: 1e9 });
  const results = await session.run(zeroFeeds(session));
  session.dispose();
  const { tuning } = session.report;
  return { ...(tuning ? { tuning } : {}), result: [...(Object.values(results)[0]?.data ?? [])] };
}

async function profile(model: string): ReturnType<TestPage['profile']> {
  const session = await Session.create(model, { backend: 'webgpu' });
  const { timing, totals, steps } = await session.profile(zeroFeeds(session), { runs: 2 });
  session.dispose();
  return { timing, totals, steps: steps.length };
}

async function quantizeInWorker(request: QuantizeRequest): Promise<QuantizeAnswer> {
  const worker = new Worker(new URL('./quantize-worker.ts', import.meta.url), { type: 'module' });
  const answered = new Promise<QuantizeAnswer>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<QuantizeAnswer>) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  });
  worker.postMessage(request, []);
  return answered.finally(() => worker.terminate());
}

function zeroFeeds(session: Session): Record<string, Tensor> {
  return Object.fromEntries(session.inputs.map(({ name, dtype, shape }) => [name, zeros(dtype, shape.map(Number))]));
}

declare global {
  var page: TestPage;
}

globalThis.page = {
  double,
  classify,
  findInTwoStages,
  tune,
  profile,
  quantizeInWorker,
  drawn,
  drawnInPage,
  pictures,
  bitmapsClosed,
  refusals,
  watchCamera,
  watchWithTask,
  pictureFile,
  givenUp,
};
