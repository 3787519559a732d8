/** Tensors of `tilewise/ort` in GPU buffers: into a session, out of it, and into buffers of the page's own. */
import { InputError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import { stored, valueBytes } from '../core/storage.ts';
import type { Tensor } from '../core/tensor.ts';
import type { GpuTensor } from '../runtime/webgpu/elements.ts';
import { fromHost, givenDtype, tensorType } from './elements.ts';
import { requireSame } from './fetches.ts';
import { TensorImpl } from './tensor-impl.ts';
import type { AnyTensor, TensorType } from './tensor-types.ts';

/** Types whose elements lie in a buffer as onnxruntime-web lays them out: it packs the others, tilewise does not. */
const SAME_LAYOUT: readonly TensorType[] = ['float32', 'int32', 'uint32'];

/** A tensor that is in a GPU buffer, as a session takes it. Throws InputError for types whose layout differs. */
export function toGpu(name: string, given: AnyTensor): GpuTensor {
  requireSameLayout(`the tensor given for "${name}"`, given.type);
  return { dtype: givenDtype(name, given), shape: given.dims, buffer: given.gpuBuffer };
}

/** Throws InputError unless elements of this type lie in a GPU buffer as pages expect. */
export function requireSameLayout(what: string, type: TensorType): void {
  if (SAME_LAYOUT.includes(type)) return;
  throw new InputError(`${what} is ${type}, which tilewise does not share through GPU buffers`, {
    hint: `It shares ${SAME_LAYOUT.join(', ')}; keep others on the cpu`,
  });
}

/** How a result on the GPU leaves a run. */
export interface Leaving {
  readonly device: GPUDevice;
  /** A tensor in a GPU buffer; without one a new tensor is given. */
  readonly target: AnyTensor | null;
}

async function read(device: GPUDevice, result: GpuTensor): Promise<Tensor> {
  const { readTensor } = await onDemand('reader of GPU memory', () => import('../runtime/webgpu/elements.ts'));
  return readTensor(device, result);
}

/** A result on the GPU: left there as a tensor that frees it when disposed of, or copied into the target. */
export async function fromGpu(name: string, result: GpuTensor, { device, target }: Leaving): Promise<AnyTensor> {
  const { shape, buffer, bounded } = result;
  const dtype = tensorType(result.dtype);
  if (bounded) refuseBounded(name, result);
  if (!target) {
    const download = async (): Promise<AnyTensor['data']> => fromHost(name, await read(device, result), null).data;
    const location = 'gpu-buffer';
    return new TensorImpl({
      location,
      type: dtype,
      dims: shape,
      gpuBuffer: buffer,
      download,
      dispose: () => buffer.destroy(),
    });
  }
  try {
    requireSame(name, target, dtype, shape);
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, target.gpuBuffer, 0, valueBytes(stored(result)));
    device.queue.submit([encoder.finish()]);
    return target;
  } finally {
    buffer.destroy();
  }
}

/** A result whose extent depends on data: only host memory has it at its true size. */
function refuseBounded(name: string, { buffer, bounded }: GpuTensor): never {
  buffer.destroy();
  bounded?.count.destroy();
  throw new InputError(`the extent of output "${name}" depends on the data, so that it cannot stay on the GPU`, {
    hint: `Set preferredOutputLocation to { ${JSON.stringify(name)}: 'cpu' }`,
  });
}
