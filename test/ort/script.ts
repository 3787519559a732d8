/**
 * A page's script, written for onnxruntime-web and not changed for tilewise: it takes the namespace it would import, and
 * notes what it sees. `ort.test.ts` runs it with both and compares the notes.
 */
import type { Env, InferenceSessionFactory, TensorConstructor, InferenceSession, Tensor } from 'onnxruntime-common';

/** The part of the namespace that the script uses, in onnxruntime-common's own types. */
export interface Ort {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
  readonly env: Pick<Env, 'wasm' | 'logLevel'>;
}

/** The models the script is given. */
export interface Models {
  /** float32 x [n, 3, 6, 6] → y [n, 4, 6, 6], sum [n, 4, 1, 1], class int64 [n, 1, 6, 6]. */
  readonly network: Uint8Array;
  /** int64 a [3], bool keep [3], float16 h [3] → picked int64 [3], half float16 [3], not bool [3]. */
  readonly types: Uint8Array;
}

/** An answer of the script. */
export interface Note {
  readonly what: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly numbers: readonly number[];
}

/** Runs everything. `provider` is the execution provider to ask for. */
export async function script(ort: Ort, models: Models, provider: string): Promise<{ notes: Note[]; facts: unknown[] }> {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const notes: Note[] = [];
  const facts: unknown[] = [];
  const note = (what: string, results: InferenceSession.OnnxValueMapType): void => {
    for (const [name, value] of Object.entries(results)) notes.push({ what: `${what}: ${name}`, ...plain(value) });
  };
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  };
  await network({ ort, note, facts }, models.network, options);
  await types({ ort, note, facts }, models.types, options);
  tensors(ort, facts);
  return { notes, facts };
}

interface Script {
  readonly ort: Ort;
  readonly note: (what: string, results: InferenceSession.OnnxValueMapType) => void;
  readonly facts: unknown[];
}

async function network(
  { ort, note, facts }: Script,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<void> {
  const session = await ort.InferenceSession.create(model, options);
  facts.push(session.inputNames, session.outputNames, session.inputMetadata, session.outputMetadata);
  const picture = (n: number): Tensor =>
    new ort.Tensor(
      'float32',
      Float32Array.from({ length: n * 108 }, (_, i) => Math.sin(i * 0.7)),
      [n, 3, 6, 6],
    );
  note('one', await session.run({ x: picture(1) }));
  note('a batch', await session.run({ x: picture(2) }));
  note('some outputs', await session.run({ x: picture(1) }, ['class', 'sum'], { tag: 'second' }));
  const y = new ort.Tensor('float32', new Float32Array(144), [1, 4, 6, 6]);
  const into = await session.run({ x: picture(1) }, { y, sum: null });
  facts.push(into['y'] === y, Object.keys(into).sort());

  const copy = new Uint8Array(model.length + 20);
  copy.set(model, 10);
  const offset = await ort.InferenceSession.create(copy.buffer, 10, model.length, options);
  note('from part of a buffer', await offset.run({ x: picture(1) }, ['sum']));
  const fixed = await ort.InferenceSession.create(model, { ...options, freeDimensionOverrides: { n: 2 } });
  facts.push(fixed.inputMetadata, fixed.outputMetadata);
  note('a fixed batch', await fixed.run({ x: picture(2) }, ['sum']));

  for (const [what, attempt] of Object.entries({
    'an unknown feed': () => session.run({ x: picture(1), z: picture(1) }),
    'a missing feed': () => session.run({}),
    'a feed of another type': () => session.run({ x: new ort.Tensor(new Int32Array(108), [1, 3, 6, 6]) }),
    'a feed of another rank': () => session.run({ x: new ort.Tensor(new Float32Array(108), [3, 6, 6]) }),
    'an unknown output': () => session.run({ x: picture(1) }, ['nothing']),
    'no output': () => session.run({ x: picture(1) }, []),
    'an output of another shape': () => session.run({ x: picture(1) }, { y: new ort.Tensor(new Float32Array(3), [3]) }),
    'another extent than the override': () => fixed.run({ x: picture(1) }),
    'an unknown provider': () => ort.InferenceSession.create(model, { executionProviders: ['nonesuch'] }),
    'no model': () => ort.InferenceSession.create(new Uint8Array(100), options),
    'a range outside the buffer': () => ort.InferenceSession.create(copy.buffer, 10, copy.length, options),
  })) {
    facts.push([what, await refused(attempt)]);
  }
  await fixed.release();
  await offset.release();
  await session.release();
  facts.push(['released', await refused(() => session.run({ x: picture(1) }))]);
  facts.push(['released twice', await refused(() => session.release())]);
}

async function types(
  { ort, note, facts }: Script,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<void> {
  const session = await ort.InferenceSession.create(model, options);
  facts.push(session.inputMetadata, session.outputMetadata);
  const halves = Uint16Array.of(0x3c00, 0xc200, 0x3800);
  const feeds = {
    a: new ort.Tensor('int64', [7, -8, 9], [3]),
    keep: new ort.Tensor('bool', [true, false, true], [3]),
    h: new ort.Tensor('float16', halves, [3]),
  };
  note('types', await session.run(feeds));
  const kinds = await session.run({ ...feeds, a: new ort.Tensor(BigInt64Array.of(1n, 2n, 3n)) });
  facts.push(Object.entries(kinds).map(([name, { data }]) => [name, data.constructor.name]));
  await session.release();
}

/** What a tensor says of itself, however it was made. */
function tensors(ort: Ort, facts: unknown[]): void {
  const { Tensor } = ort;
  const made = [
    new Tensor(Float32Array.of(1, 2)),
    new Tensor('uint8', [1, 2, 3]),
    new Tensor('uint8', Uint8ClampedArray.of(1, 2), [2, 1]),
    new Tensor(['a', 'b']),
    new Tensor([true, false]),
    new Tensor('float64', [0.5]),
    new Tensor('int16', [-1], [1, 1]),
    new Tensor('uint64', [1n]),
    new Tensor(Uint16Array.of(1)),
    Tensor.fromPinnedBuffer('int32', Int32Array.of(1, 2)),
    new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2]).reshape([4, 1]),
    new Tensor('float32', [1], []),
  ];
  facts.push(made.map((t) => [t.type, t.dims, t.size, t.location, t.data.constructor.name]));
  const disposed = new Tensor(Float32Array.of(1));
  disposed.dispose();
  facts.push(disposed.location);
  const throwing: Record<string, () => unknown> = {
    'data of a disposed one': () => disposed.data,
    'the wrong length': () => new Tensor(Float32Array.of(1), [2]),
    'an extent below zero': () => new Tensor(Float32Array.of(1), [-1]),
    'another array': () => new Tensor('int32', Float32Array.of(1) as unknown as Int32Array),
    'numbers of no type': () => new Tensor([1] as unknown as string[]),
    'an unknown type': () => new Tensor('float8' as 'float32', [1]),
    'a reshape to more': () => new Tensor(Float32Array.of(1)).reshape([2]),
    'a buffer it has not': () => new Tensor(Float32Array.of(1)).gpuBuffer,
  };
  for (const [what, attempt] of Object.entries(throwing)) facts.push([what, throws(attempt)]);
}

function plain({ type, dims, data }: Tensor): Omit<Note, 'what'> {
  return { type, dims, numbers: Array.from(data as ArrayLike<number | bigint>, Number) };
}

async function refused(attempt: () => Promise<unknown>): Promise<boolean> {
  return attempt().then(
    () => false,
    (error: unknown) => error instanceof Error && error.message.length > 10,
  );
}

function throws(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch (error) {
    return error instanceof Error && error.message.length > 10;
  }
}
