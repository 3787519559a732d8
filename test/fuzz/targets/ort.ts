/** `tilewise/ort` called with whatever a page may pass by mistake: every argument drawn, right or wrong. */
import type { TensorMap } from '../../../src/ort/session-types.ts';
import { env, InferenceSession, Tensor } from '../../../src/node/ort.ts';
import { tinyClassifier } from '../../helpers/command.ts';
import { Dice, EXTREMES } from '../dice.ts';
import { typed, type FuzzTarget } from '../target.ts';

const model = tinyClassifier('N');
const session = InferenceSession.create(model, { executionProviders: ['cpu'] });

const TYPES = ['float32', 'int64', 'bool', 'string', 'uint8', 'float16', 'float99', '', '__proto__', 'toString'];
const NAMES = ['pictures:0', 'scores/out', '__proto__', 'constructor', '', 'x'];

/** Values of every kind; `depth` bounds what is inside others. */
function anything(dice: Dice, depth = 2): unknown {
  const inner = (): unknown => (depth > 0 ? anything(dice, depth - 1) : dice.extent());
  const length = dice.pick([0, 1, 4, 192]);
  return dice.pick<() => unknown>([
    () => undefined,
    () => null,
    () => dice.pick(EXTREMES),
    () => dice.pick([NaN, Infinity, -0, 0.5]),
    () => dice.chance(0.5),
    () => dice.pick([...TYPES, ...NAMES]),
    () => 10n,
    () => Symbol('s'),
    () => () => 1,
    () => new Float32Array(length),
    () => new BigInt64Array(length),
    () => new Uint8Array(length),
    () => new ArrayBuffer(length),
    () => model,
    () => [1, 3, 8, 8],
    () => Array.from({ length: dice.int(0, 4) }, inner),
    () => ({
      [dice.pick(NAMES)]: inner(),
      dims: inner(),
      type: dice.pick(TYPES),
      location: dice.pick(['cpu', 'gpu-buffer', 'none', 'cpu-pinned']),
    }),
    () => ({
      executionProviders: ['cpu'],
      freeDimensionOverrides: inner(),
      preferredOutputLocation: inner(),
      externalData: inner(),
    }),
    () => new Tensor('float32', new Float32Array(192), [1, 3, 8, 8]),
    () => ({ 'pictures:0': new Tensor('float32', new Float32Array(192), [1, 3, 8, 8]) }),
    () => new Proxy({}, {}),
    () => new Date(0),
  ])();
}

/** What a page calls. Calls of sessions are on one for all inputs, which must stay as it is. */
const CALLS: readonly ((dice: Dice) => unknown)[] = [
  (dice) =>
    new (Tensor as unknown as new (...args: unknown[]) => unknown)(anything(dice), anything(dice), anything(dice)),
  (dice) => new Tensor(dice.pick(TYPES) as 'float32', anything(dice) as Float32Array, anything(dice) as number[]),
  (dice) => new Tensor('float32', new Float32Array(4), [4]).reshape(anything(dice) as number[]),
  async (dice) => new Tensor('float32', new Float32Array(48), [1, 3, 4, 4]).toDataURL(anything(dice) as object),
  (dice) => Tensor.fromImage(anything(dice) as ImageData, anything(dice) as object),
  (dice) => Tensor.fromGpuBuffer(anything(dice) as GPUBuffer, anything(dice) as { dims: number[] }),
  (dice) =>
    Tensor.fromPinnedBuffer(dice.pick(TYPES) as 'float32', anything(dice) as Float32Array, anything(dice) as number[]),
  async (dice) =>
    (await session).run(anything(dice) as TensorMap, anything(dice) as string[], anything(dice) as object),
  async (dice) => (await session).run({ [dice.pick(NAMES)]: anything(dice) as Tensor }, anything(dice) as object),
  async (dice) => {
    const opened = await InferenceSession.create(dice.chance(0.5) ? model : (anything(dice) as Uint8Array), {
      executionProviders: ['cpu'],
      ...(anything(dice) as object),
    });
    await opened.release();
    await typed(() => opened.run({}));
    await opened.release();
  },
  (dice) => InferenceSession.create(anything(dice) as ArrayBuffer, anything(dice) as number, anything(dice) as number),
  (dice) => Object.assign(env, { logLevel: anything(dice) }),
];

/** The target. */
export const ort: FuzzTarget = {
  seeds: [],
  mutators: [],
  run: (bytes) => {
    const dice = Dice.of(bytes);
    return typed(() => dice.pick(CALLS)(dice));
  },
};
