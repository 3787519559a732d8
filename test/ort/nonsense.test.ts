/** `tilewise/ort` called with whatever comes to mind: every call gives an answer or a typed error, and none is left hanging. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, TilewiseError } from '../../src/core/errors.ts';
import { env, InferenceSession, Tensor } from '../../src/node/ort.ts';
import type { AnyTensor } from '../../src/ort/tensor-types.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { randomSource } from '../helpers/random.ts';

const CALLS = 1500;
const model = tinyClassifier('n');
const random = randomSource(20_260);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const TYPES = ['float32', 'int64', 'uint8', 'float16', 'string', 'bool', 'int4', 'nope', '__proto__', 'toString'];

/** Values of every kind, nested a little. */
function anything(depth = 0): unknown {
  const plain: readonly (() => unknown)[] = [
    () => undefined,
    () => null,
    () => pick([0, -0, 1, -1, 3, 0.5, NaN, Infinity, 2 ** 31, 2 ** 53, 1e300]),
    () => pick([0n, -1n, 2n ** 70n]),
    () => pick([true, false]),
    () => pick(['', 'cpu', 'webgpu', 'gpu-buffer', 'pictures:0', 'scores/out', 'constructor', '\u0000', ...TYPES]),
    () => Symbol('s'),
    () => () => 1,
    () => new Date(NaN),
    () => /x/,
    () => new (pick([Float32Array, Uint8Array, BigInt64Array, Float64Array, Uint16Array]))(pick([0, 3])),
    () => new Float32Array(192),
    () => new ArrayBuffer(pick([0, 1, 8, 768])),
    () => new SharedArrayBuffer(8),
    () => new DataView(new ArrayBuffer(4)),
    () => new Map([['pictures:0', 1]]),
    () => Object.create(null) as object,
    () => new Proxy({}, { get: () => 1, has: () => true }),
    () => tensor(),
  ];
  if (depth > 2 || random() < 0.6) return pick(plain)();
  if (random() < 0.5) return Array.from({ length: Math.floor(random() * 4) }, () => anything(depth + 1));
  const keys = [
    'location',
    'type',
    'dims',
    'data',
    'gpuBuffer',
    'download',
    'dispose',
    'pictures:0',
    'scores/out',
    'executionProviders',
    'freeDimensionOverrides',
    'preferredOutputLocation',
    'externalData',
    'optimizedModelFilePath',
    'enableProfiling',
    'terminate',
    'name',
    'path',
    'format',
    'tensorLayout',
    'tensorFormat',
    'norm',
    'mean',
    'resizedWidth',
    'dataType',
    'device',
  ];
  return Object.fromEntries(Array.from({ length: Math.ceil(random() * 3) }, () => [pick(keys), anything(depth + 1)]));
}

const some = (): unknown[] => Array.from({ length: Math.floor(random() * 4) }, () => anything());
const tensor = () => new Tensor('float32', new Float32Array(192), [1, 3, 8, 8]);

/** A function that may be called with anything. */
type Loose = (...given: unknown[]) => unknown;

let session: Awaited<ReturnType<typeof InferenceSession.create>>;
const unhandled: unknown[] = [];
const note = (error: unknown): unknown => unhandled.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  session = await InferenceSession.create(model, { executionProviders: ['cpu'] });
});
afterAll(() => void process.off('unhandledRejection', note));

const onCpu = (): unknown => {
  const options = anything();
  // Without a device: this is about arguments.
  return random() < 0.5 && typeof options === 'object' && options !== null && !Array.isArray(options)
    ? { ...options, executionProviders: ['cpu'] }
    : options;
};
const made = (): Loose => pick(Object.values(methods(tensor())));
const methods = (t: ReturnType<typeof tensor>): Record<string, Loose> => ({
  reshape: (...given) => (t.reshape as Loose)(...given),
  getData: (...given) => (t.getData as Loose)(...given),
  toImageData: (...given) => (t.toImageData as Loose)(...given),
  toDataURL: (...given) => (t.toDataURL as Loose)(...given),
  disposed: (...given) => {
    t.dispose();
    return (t.reshape as Loose)(...given);
  },
});

const CALLED: Readonly<Record<string, () => unknown>> = {
  create: async () => {
    const source = random() < 0.3 ? model : anything();
    const made = (await (InferenceSession.create as Loose)(source, onCpu(), ...some())) as typeof session;
    await made.release();
  },
  run: () => (session.run as Loose)(...some()),
  'run with a feed': () => (session.run as Loose)({ 'pictures:0': tensor() }, ...some()),
  'run with any feed': () => (session.run as Loose)({ 'pictures:0': anything() }, ...some()),
  'new Tensor': () => Reflect.construct(Tensor, some()),
  'new Tensor of a type': () => Reflect.construct(Tensor, [pick(TYPES), anything(), anything()]),
  'Tensor.fromImage': () => (Tensor.fromImage as Loose)(...some()),
  'Tensor.fromGpuBuffer': () => (Tensor.fromGpuBuffer as Loose)(...some()),
  'Tensor.fromPinnedBuffer': () => (Tensor.fromPinnedBuffer as Loose)(...some()),
  'Tensor.fromTexture': () => (Tensor.fromTexture as Loose)(...some()),
  'a method of a tensor': () => made()(...some()),
  profiling: () => {
    (session.startProfiling as Loose)(...some());
    (session.endProfiling as Loose)(...some());
  },
};

describe('arguments that make no sense', () => {
  it.each([{ download: 1 }, { dispose: 1 }, { download: () => 1 }, { download: () => [Symbol('s')] }])(
    'a buffer with %o',
    async (given) => {
      const make = async (): Promise<unknown> =>
        (Tensor.fromGpuBuffer as (...given: unknown[]) => AnyTensor)({}, { dims: [1], ...given }).getData();
      await expect(make()).rejects.toBeInstanceOf(InputError);
    },
  );

  it('what inherits from a tensor is none', async () => {
    const heir: unknown = Object.create(tensor());
    await expect((session.run as Loose)({ 'pictures:0': heir })).rejects.toBeInstanceOf(InputError);
    await expect((session.run as Loose)({ 'pictures:0': tensor() }, heir)).resolves.toHaveProperty(['scores/out']);
  });

  it.each([5, null, {}, { queue: 1 }, Symbol('s')])('%o is no device', async (device) => {
    expect(() => Reflect.set(env.webgpu, 'device', device)).toThrow(InputError);
    const executionProviders = [{ name: 'webgpu', device }];
    await expect((InferenceSession.create as Loose)(model, { executionProviders })).rejects.toBeInstanceOf(InputError);
  });

  it.each(Object.entries(CALLED))('%s', async (_, call) => {
    const untyped = new Map<string, number>();
    for (let i = 0; i < CALLS / 12; i++) {
      try {
        await call();
      } catch (error) {
        if (error instanceof TilewiseError) continue;
        const where = error instanceof Error ? error.stack?.split('\n').slice(0, 3).join(' ') : String(error);
        untyped.set(where ?? '', (untyped.get(where ?? '') ?? 0) + 1);
      }
    }
    expect([...untyped]).toEqual([]);
    expect(unhandled).toEqual([]);
  });

  it('leave the session as it was', async () => {
    const outputs = await session.run({ 'pictures:0': tensor() });
    expect(outputs['scores/out']?.dims).toEqual([1, 4]);
    await session.release();
    for (const given of [[], [null], [{ 'pictures:0': 1 }]]) {
      await expect((session.run as Loose)(...given)).rejects.toBeInstanceOf(TilewiseError);
    }
    await expect(session.release()).rejects.toBeInstanceOf(TilewiseError);
  });
});
