/** Random networks with small changes, as ONNX: whatever still is a model gives the same on the GPU, and on WASM, as on the reference. */
import { floatTolerance, compareTensors } from '../../../src/core/compare.ts';
import { isFloat } from '../../../src/core/dtype.ts';
import { seededFeeds } from '../../../src/cli/seeded-feeds.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { toOnnx } from '../../../src/formats/onnx/write/to-onnx.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { requestDevice } from '../../../src/runtime/webgpu/device.ts';
import { Session } from '../../../src/session/session.ts';
import { product, range } from '../../../src/util/arrays.ts';
import '../../helpers/every-operator.ts';
import { randomNetwork } from '../../conformance/random-networks.ts';
import { GENTLE_PROTOBUF_MUTATORS } from '../mutate/protobuf.ts';
import { Fault, typed, type FuzzTarget } from '../target.ts';

/** Elements of an input, above which a model is not run. */
const MAX_ELEMENTS = 1e5;

let device: Promise<GPUDevice> | undefined;

/** One device for all inputs. */
function openDevice(): Promise<GPUDevice> {
  return (device ??= openGpu().then(({ adapter }) => requestDevice(adapter)));
}

/** Destroys the device, if there is one. */
export async function closeDevice(): Promise<void> {
  (await device)?.destroy();
  device = undefined;
}

type Results = Readonly<Record<string, Tensor>>;

async function resultsOf(model: Uint8Array, backend: 'cpu' | 'wasm' | 'webgpu'): Promise<Results | undefined> {
  const options = backend === 'webgpu' ? { gpu: await openDevice() } : {};
  return typed(async () => {
    using session = await Session.create(model, { backend, ...options });
    // What is fed is made here, whatever extents the model asks for.
    if (session.inputs.some(({ shape }) => product(shape.map(Number)) > MAX_ELEMENTS)) return undefined;
    return await session.run(seededFeeds(session.inputs, {}, 1));
  });
}

/** Throws the first difference beyond rounding. */
function requireSame(expected: Results, actual: Results, backend: string): void {
  for (const [name, tensor] of Object.entries(expected)) {
    const found = actual[name];
    if (!found) throw new Fault(`${backend} gives no output "${name}"`);
    const finite = Array.from(tensor.data, Math.abs).filter(Number.isFinite);
    const largest = finite.reduce((a, b) => Math.max(a, b), 1);
    const tolerance = isFloat(tensor.dtype) ? floatTolerance(1, 10 * largest) : { rtol: 0, atol: 0 };
    const { ok, text } = compareTensors(found, tensor, tolerance);
    if (!ok) throw new Fault(`output "${name}" differs on ${backend}: ${text}`);
  }
}

/** A backend as a target; running an input gives whether there was something to compare. */
function comparedOn(backend: 'wasm' | 'webgpu'): FuzzTarget {
  return {
    seeds: range(100).map((seed) => toOnnx(randomNetwork(1000 + seed, 5))),
    mutators: [(input) => input, ...GENTLE_PROTOBUF_MUTATORS],
    changesBytes: false,
    run: async (model) => {
      const expected = await resultsOf(model, 'cpu');
      // A GPU may refuse what the reference runs, with a reason.
      const actual = expected && (await resultsOf(model, backend));
      if (!expected || !actual) return false;
      requireSame(expected, actual, backend);
      return true;
    },
  };
}

/** On the GPU. */
export const networks = comparedOn('webgpu');

/** On WASM kernels. */
export const wasm = comparedOn('wasm');
