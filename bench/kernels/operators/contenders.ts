/** The forms of a case, ready to run: tilewise on the device, its reference, onnxruntime-web in a process of its own, the host. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serialize } from 'node:v8';
import { InputError } from '../../../src/core/errors.ts';
import { toRaw } from '../../../src/core/raw.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { toOnnx } from '../../../src/formats/onnx/write/to-onnx.ts';
import { planGraph } from '../../../src/plan/plan-graph.ts';
import { profileOf } from '../../../src/runtime/webgpu/device.ts';
import { Executor } from '../../../src/runtime/webgpu/executor.ts';
import { runGraph } from '../../../src/runtime/cpu/run.ts';
import { compileGraph } from '../../../src/session/compile-graph.ts';
import type { Form, OperatorCase } from './case.ts';
import { firstFeeds, firstGraph, lastTensors } from './channels-first.ts';
import type { Arena, Contender } from './contender.ts';
import { withStates } from './states.ts';
import type { OrtAnswer, OrtFeed, OrtRan, OrtRequest } from './ort-child.ts';

/** Threads of onnxruntime-web's WASM engine. */
const THREADS = 2;

/** Loads a form of a case. Rejects with what went wrong. */
export function load(form: Form, c: OperatorCase, arena: Arena): Promise<Contender> {
  switch (form.engine) {
    case 'tilewise':
      return form.keeps ? withStates(c, arena) : onGpu(form, c, arena);
    case 'tilewise-cpu':
      return onCpu(c);
    case 'host':
      return onHost(form.run);
    default:
      return onOrt(form.engine === 'ort-wasm' ? 'wasm' : 'webgpu', c, form.keeps ? c.states : undefined);
  }
}

async function onGpu(form: Extract<Form, { engine: 'tilewise' }>, c: OperatorCase, arena: Arena): Promise<Contender> {
  const device = profileOf(arena.device);
  const graph = await compileGraph((form.graph ?? c.graph)(), { level: 'full', device });
  const plan = planGraph(graph, device, form.forced ? { forced: form.forced } : {});
  const executor = await Executor.create(arena.device, plan);
  const feeds = new Map(Object.entries((form.feeds ?? c.feeds)()));
  const steps = plan.steps.length;
  const runGpu = async (): Promise<number> => {
    executor.writeInputs(feeds); // a run writes over inputs that no later step reads
    const [pass] = await arena.clock.time([(encoder) => executor.encodeSteps(encoder, 0, steps)]);
    return pass?.ms ?? NaN;
  };
  return {
    dispatches: steps,
    run: () => timed(() => executor.run(feeds)),
    ...(c.byValues === true ? {} : { runGpu }),
    answer: () => executor.run(feeds),
    close: async () => executor.dispose(),
  };
}

async function onCpu(c: OperatorCase): Promise<Contender> {
  const graph = await compileGraph(c.graph(), { level: 'reference' });
  const feeds = new Map(Object.entries(c.feeds()));
  return {
    run: () => timed(() => runGraph(graph, feeds)),
    answer: async () => runGraph(graph, feeds),
    close: async () => undefined,
  };
}

async function onHost(run: () => unknown): Promise<Contender> {
  return { run: () => timed(run), answer: async () => undefined, close: async () => undefined };
}

async function timed(run: () => unknown): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

/** Lets Node read TypeScript, whichever way this process was started. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

async function onOrt(backend: 'wasm' | 'webgpu', c: OperatorCase, states: OperatorCase['states']): Promise<Contender> {
  const images = c.images ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-operators-'));
  const [model, feeds] = [join(folder, 'model.onnx'), join(folder, 'feeds')];
  writeFileSync(model, toOnnx(await firstGraph(c.graph(), images)));
  const given = Object.entries(firstFeeds(c.feeds(), images)).map(([name, t]) => [name, ortFeed(t)]);
  writeFileSync(feeds, serialize(Object.fromEntries(given)));
  const child = fork(join(import.meta.dirname, 'ort-child.ts'), {
    execArgv: ['--import', LOADER],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`onnxruntime-web ended with ${signal ?? `code ${code}`}`)));
    child.once('error', reject);
  });
  ended.catch(() => undefined); // whoever waits for an answer hears of it
  const ask = (request: OrtRequest): Promise<OrtRan> => {
    const answered = new Promise<OrtRan>((resolve, reject) => {
      child.once('message', (answer: OrtAnswer) => {
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.result);
      });
    });
    child.send(request);
    return Promise.race([answered, ended]);
  };
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ask({ kind: 'start', backend, threads: THREADS, model, feeds, states });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run: async () => (await ask({ kind: 'run', answer: false })).ms,
    answer: async () => {
      const { outputs = {} } = await ask({ kind: 'run', answer: true });
      const tensors = Object.entries(outputs).map(([name, t]): [string, Tensor] => [name, fromOrt(t)]);
      return lastTensors(new Map(tensors), images);
    },
    close,
  };
}

function ortFeed(t: Tensor): OrtFeed {
  const { buffer } = toRaw(t);
  switch (t.dtype) {
    case 'float32':
      return { type: t.dtype, dims: t.shape, data: new Float32Array(buffer) };
    case 'int64':
      return { type: t.dtype, dims: t.shape, data: new BigInt64Array(buffer) };
    case 'int32':
      return { type: t.dtype, dims: t.shape, data: new Int32Array(buffer) };
    case 'int8':
      return { type: t.dtype, dims: t.shape, data: new Int8Array(buffer) };
    case 'uint8':
    case 'bool':
      return { type: t.dtype, dims: t.shape, data: new Uint8Array(buffer) };
    default:
      throw new InputError(`a feed of type ${t.dtype} is not given to onnxruntime-web here`);
  }
}

function fromOrt({ type, dims, data }: OrtFeed): Tensor {
  const values = Array.isArray(data) ? data : (data as unknown as ArrayLike<number | bigint>);
  const kind = type === 'int64' ? Int32Array : Float32Array;
  if (type === 'float32') return { dtype: type, shape: dims, data: data as Float32Array };
  if (type === 'int64' || type === 'int32')
    return { dtype: type, shape: dims, data: kind.from(Array.from(values, Number)) as Int32Array };
  return { dtype: type, shape: dims, data: Uint8Array.from(Array.from(values, Number)) };
}
