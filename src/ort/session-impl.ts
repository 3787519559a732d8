/** The session of `tilewise/ort`: onnxruntime-common's face on a tilewise session. */
import { DeviceError, InputError } from '../core/errors.ts';
import type { StartThread } from '../core/start-thread.ts';
import type { SessionOptions } from '../session/options.ts';
import { Session } from '../session/session.ts';
import { own } from '../util/own.ts';
import type { Feed, Port } from '../session/feeds.ts';
import { fromHost, tensorType, toHost } from './elements.ts';
import type { Env } from './env.ts';
import { guarded, guardedAsync } from './guard.ts';
import { readWanted, type Wanted } from './fetches.ts';
import { fromGpu, requireSameLayout, toGpu } from './gpu-elements.ts';
import { readCall, readModel, type CreateCall, type Model, type OpenFiles } from './model.ts';
import {
  checkSessionOptions,
  executionPlacesOf,
  staysOnGpu,
  type ExecutionPlace,
  type ExecutionPlaces,
} from './options.ts';
import { reportProfile } from './profiling.ts';
import type { OrtSession, TensorMap, TensorMetadata } from './session-types.ts';
import { TensorImpl } from './tensor-impl.ts';
import { threadsOf } from './threads.ts';
import type { AnyTensor } from './tensor-types.ts';

/** What a session needs of where it runs. */
export interface Surroundings {
  readonly open: OpenFiles;
  readonly env: Env;
  /** The shared device if it is hardware. Rejects with DeviceError NO_DEVICE where there is none. */
  readonly hardware: () => Promise<GPUDevice>;
  /** True where settings say that WebGPU is meant. */
  readonly meansGpu: () => boolean;
  readonly startThread: StartThread | undefined;
}

/** See `OrtSessionFactory.create`. */
export async function createSession(surroundings: Surroundings, ...given: readonly unknown[]): Promise<OrtSession> {
  const { call, places } = guarded('InferenceSession.create', () => {
    const read = readCall(given[0], ...given.slice(1));
    const found = executionPlacesOf(read.options, surroundings.meansGpu());
    checkSessionOptions(read.options, found[0]);
    return { call: read, places: found };
  });
  const model = await guardedAsync('InferenceSession.create', () => readModel(call, surroundings.open));
  const session = new SessionImpl(model, call, places, surroundings);
  await session.prepare();
  return session;
}

class SessionImpl implements OrtSession {
  readonly #model: Model;
  readonly #call: CreateCall;
  readonly #env: Env;
  readonly #hardware: Surroundings['hardware'];
  /** What the page's settings were when it was created. */
  readonly #threading: Pick<SessionOptions, 'threads' | 'startThread'>;
  /** Those that are left: where it runs, once it does, and what to take where there is none of that. */
  #places: ExecutionPlaces;
  /** Made at once when all extents are known, else by the first run; again after its device was lost. */
  #session: Promise<Session> | undefined;
  #outputs: readonly TensorMetadata[] | undefined;
  #released = false;
  #profiling: boolean;

  constructor(model: Model, call: CreateCall, places: ExecutionPlaces, { env, hardware, startThread }: Surroundings) {
    this.#model = model;
    this.#call = call;
    this.#places = places;
    this.#env = env;
    this.#hardware = hardware;
    const threads = threadsOf(env.wasm);
    this.#threading = { ...(threads && { threads }), ...(startThread && { startThread }) };
    this.#profiling = call.options.enableProfiling ?? false;
  }

  /** Loads as much as can be before any input is known. Rejects with what is wrong with the model or the device. */
  async prepare(): Promise<void> {
    await this.#onFirst((place) => this.#deviceOf(place));
    const { inputs } = this.#model.graph;
    const known = inputs.every(({ shape }) => shape.every((dim) => typeof dim === 'number'));
    if (!known) return;
    const { knownOutputs } = await this.#open({});
    // Where the elements of an input decide shapes, nothing is known before a run.
    this.#outputs = knownOutputs?.map(metadataOf);
  }

  get inputNames(): readonly string[] {
    return this.#model.graph.inputs.map(({ name }) => name);
  }

  get outputNames(): readonly string[] {
    return this.#model.graph.outputs;
  }

  get inputMetadata(): readonly TensorMetadata[] {
    return this.#model.graph.inputs.map(metadataOf);
  }

  get outputMetadata(): readonly TensorMetadata[] {
    return (
      this.#outputs ??
      this.outputNames.map((name) => {
        const declared = this.#model.declared.get(name);
        if (declared) return declared;
        throw new InputError(`the model does not declare the type of its output "${name}"`, {
          hint: 'Give the extents of its inputs: freeDimensionOverrides',
        });
      })
    );
  }

  async run(feeds: TensorMap, first?: unknown, second?: unknown): Promise<TensorMap> {
    this.#requireOpen();
    const wanted = guarded('run', () => {
      this.#checkFeeds(feeds);
      return readWanted(this.outputNames, first, second);
    });
    const session = await this.#open(feeds);
    try {
      const inputs = new Map(this.#model.graph.inputs.map((input) => [input.name, input]));
      const given = Object.entries(feeds).map(([name, tensor]): [string, Feed] => {
        return [name, toFeed(name, tensor, inputs.get(name))];
      });
      const tensors = Object.fromEntries(given);
      const results = await this.#results(session, tensors, wanted);
      if (this.#isProfiling) await reportProfile(session, tensors, this.#env.webgpu.profiling?.ondata);
      return results;
    } catch (error) {
      if (error instanceof DeviceError && error.code === 'DEVICE_LOST') this.#session = undefined;
      throw error;
    }
  }

  /** Runs the session; on the GPU when any wanted output is to end there. */
  async #results(session: Session, feeds: Readonly<Record<string, Feed>>, wanted: Wanted): Promise<TensorMap> {
    const fetches = [...wanted.keys()];
    const device = await session.device();
    const toGpuBuffer = ([name, target]: [string, AnyTensor | null]): boolean =>
      target ? target.location === 'gpu-buffer' : staysOnGpu(name, this.#call.options);
    if (!device || ![...wanted].some(toGpuBuffer)) {
      const results = await session.run(feeds, { fetches });
      return collect(wanted, results, (name, result, target) => fromHost(name, result, target));
    }
    const shared = fetches.filter((name) => toGpuBuffer([name, wanted.get(name) ?? null]));
    requireShareable(session.knownOutputs ?? [], shared);
    const results = await session.run(feeds, { fetches, keep: shared });
    try {
      requireShareable(
        Object.entries(results).map(([name, { dtype }]) => ({ name, dtype })),
        shared,
      );
      return await collect(wanted, results, (name, result, target) =>
        'buffer' in result ? fromGpu(name, result, { device, target }) : fromHost(name, result, target),
      );
    } catch (error) {
      for (const result of Object.values(results)) {
        if (!('buffer' in result)) continue;
        result.buffer.destroy();
        result.bounded?.count.destroy();
      }
      throw error;
    }
  }

  async release(): Promise<void> {
    this.#requireOpen();
    this.#released = true;
    const session = await this.#session?.catch(() => undefined);
    session?.dispose();
  }

  startProfiling(): void {
    this.#profiling = true;
  }

  endProfiling(): void {
    this.#profiling = false;
  }

  get #isProfiling(): boolean {
    const { profiling, profilingMode } = this.#env.webgpu;
    const on = this.#profiling || profiling?.mode === 'default' || profilingMode === 'default';
    return on && this.#places[0].backend === 'webgpu';
  }

  #requireOpen(): void {
    if (this.#released) throw new InputError('the session was released', { hint: 'Create another' });
  }

  #checkFeeds(feeds: unknown): void {
    if (typeof feeds !== 'object' || feeds === null || Array.isArray(feeds) || TensorImpl.is(feeds)) {
      throw new InputError('feeds must be an object of tensors by the names of the inputs', {
        hint: `The inputs are ${this.inputNames.map((name) => `"${name}"`).join(', ')}`,
      });
    }
    for (const [name, value] of Object.entries(feeds)) {
      if (!TensorImpl.is(value)) throw new InputError(`what was given for "${name}" is no tensor of tilewise/ort`);
    }
    for (const name of this.inputNames) {
      if (!Object.hasOwn(feeds, name)) throw new InputError(`input "${name}" is missing in the feeds`);
    }
  }

  #open(feeds: TensorMap): Promise<Session> {
    const names = this.inputNames.filter((name) => Object.hasOwn(feeds, name));
    const inputShapes = Object.fromEntries(names.map((name) => [name, feeds[name]?.dims ?? []]));
    if (this.#session) return this.#session;
    const opening = this.#create(inputShapes);
    // A run whose shapes do not fit must not be the last.
    opening.catch(() => (this.#session = undefined));
    this.#session = opening;
    return opening;
  }

  #create(inputShapes: Readonly<Record<string, readonly number[]>>): Promise<Session> {
    return this.#onFirst(async (place) => {
      const gpu = await this.#deviceOf(place);
      const where = { backend: place.backend, ...(gpu && { gpu }), ...this.#threading };
      return Session.create(this.#model.graph, { ...where, inputShapes });
    });
  }

  /** The device of a place, if it is on one. Rejects with DeviceError NO_DEVICE where there is none. */
  async #deviceOf({ backend, isHardware, device }: ExecutionPlace): Promise<GPUDevice | undefined> {
    if (backend !== 'webgpu') return undefined;
    return device ?? (isHardware ? this.#hardware() : this.#env.webgpu.device);
  }

  /** Opens something at the first of the places; where there is nothing to open it on, at the next. */
  async #onFirst<T>(open: (place: ExecutionPlace) => Promise<T>): Promise<T> {
    const [first, next, ...others] = this.#places;
    try {
      return await open(first);
    } catch (error) {
      if (!next || !(error instanceof DeviceError && error.code === 'NO_DEVICE')) throw error;
    }
    this.#places = [next, ...others];
    checkSessionOptions(this.#call.options, next);
    return this.#onFirst(open);
  }
}

/** Throws InputError for one of these outputs whose elements are not laid out as pages expect. */
function requireShareable(outputs: readonly Pick<Port, 'name' | 'dtype'>[], names: readonly string[]): void {
  for (const { name, dtype } of outputs) {
    if (names.includes(name)) requireSameLayout(`output "${name}"`, tensorType(dtype));
  }
}

function metadataOf({ name, dtype, shape }: Port): TensorMetadata {
  return { name, isTensor: true, type: tensorType(dtype), shape };
}

/** A tensor as the session takes it, of the input's own type where that is one which the interface lacks. */
function toFeed(name: string, given: AnyTensor, input: Pick<Port, 'dtype'> | undefined): Feed {
  const feed = given.location === 'gpu-buffer' ? toGpu(name, given) : toHost(name, given);
  const { dtype } = input ?? feed;
  return tensorType(dtype) === feed.dtype ? { ...feed, dtype } : feed;
}

/** The wanted tensors, each made of its result. */
async function collect<R>(
  wanted: Wanted,
  results: Readonly<Record<string, R>>,
  make: (name: string, result: R, target: AnyTensor | null) => AnyTensor | Promise<AnyTensor>,
): Promise<TensorMap> {
  const made = [...wanted].flatMap(([name, target]) => {
    const result = own(results, name);
    return result === undefined ? [] : [Promise.resolve(make(name, result, target)).then((t) => [name, t] as const)];
  });
  return Object.fromEntries(await Promise.all(made));
}
