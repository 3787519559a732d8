/** The tensor of `tilewise/ort`: elements in host memory or in a GPU buffer, behind onnxruntime-common's face. */
import { InputError } from '../core/errors.ts';
import { elementCount } from '../core/tensor.ts';
import { guarded, guardedAsync } from './guard.ts';
import { elementsAs, inferElements, isTensorType } from './tensor-arrays.ts';
import { pictureElements, toDataUrl, toImageData } from './tensor-image.ts';
import type {
  AnyTensor,
  FromImageOptions,
  GpuBufferType,
  GpuResource,
  TensorData,
  TensorLocation,
  TensorType,
  ToImageOptions,
} from './tensor-types.ts';

const ON_GPU: readonly GpuBufferType[] = ['float32', 'float16', 'int32', 'int64', 'uint32', 'uint8', 'bool'];

/** Elements in a place other than plain host memory, as onnxruntime-common's constructor takes them. */
interface Placed extends GpuResource<TensorType> {
  readonly location: TensorLocation;
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data?: TensorData;
  readonly gpuBuffer?: GPUBuffer;
}

/** See `Tensor`. */
export class TensorImpl implements AnyTensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly size: number;
  #location: TensorLocation;
  #data: TensorData | undefined;
  #gpuBuffer: GPUBuffer | undefined;
  #download: (() => Promise<TensorData>) | undefined;
  #release: (() => void) | undefined;
  #downloading: Promise<TensorData> | undefined;

  constructor(first: unknown, second?: unknown, third?: unknown) {
    const { type, dims, size, location, data, placed } = guarded('new Tensor', () => described(first, second, third));
    this.type = type;
    this.dims = dims;
    this.size = size;
    this.#location = location;
    this.#data = data;
    if (placed) this.#take(placed);
    this.#checkLength();
  }

  /** True for tensors that were made here: what merely inherits from one has no elements. */
  static is(value: unknown): value is TensorImpl {
    return typeof value === 'object' && value !== null && #location in value;
  }

  #take(placed: Placed): void {
    if (placed.location === 'cpu-pinned') {
      this.#data = guarded('new Tensor', () => elementsAs(placed.type, placed.data).data);
    } else if (placed.location === 'gpu-buffer' && placed.gpuBuffer) {
      if (!ON_GPU.some((type) => type === placed.type)) {
        throw new InputError(`a GPU buffer cannot hold a ${placed.type} tensor`, {
          hint: `It can: ${ON_GPU.join(', ')}`,
        });
      }
      this.#gpuBuffer = placed.gpuBuffer;
      this.#download = callable('download', placed.download);
      this.#release = callable('dispose', placed.dispose);
    } else {
      throw new InputError(
        `tilewise has no tensors in a place called "${guarded('new Tensor', () => String(placed.location))}"`,
        {
          hint: 'It has cpu, cpu-pinned and gpu-buffer',
        },
      );
    }
  }

  #checkLength(): void {
    if (!this.#data) return;
    // Elements of four bits lie two in a byte.
    const length = this.type === 'uint4' || this.type === 'int4' ? Math.ceil(this.size / 2) : this.size;
    if (length === this.#data.length || this.size === this.#data.length) return;
    throw new InputError(`[${this.dims.join(', ')}] is ${this.size} elements, the data has ${this.#data.length}`);
  }

  static async fromImage(
    image: ImageData | HTMLImageElement | ImageBitmap | string,
    options?: FromImageOptions,
  ): Promise<TensorImpl> {
    return guardedAsync('Tensor.fromImage', async () => {
      const { data, dims } = await pictureElements(image, options);
      return new TensorImpl('float32', data, dims);
    });
  }

  static fromGpuBuffer(
    gpuBuffer: GPUBuffer,
    given: GpuResource<TensorType> & { dims: readonly number[]; dataType?: TensorType },
  ): TensorImpl {
    const { dataType = 'float32', ...rest } = guarded('Tensor.fromGpuBuffer', () => ({ ...given }));
    return new TensorImpl({ ...rest, location: 'gpu-buffer', type: dataType, gpuBuffer });
  }

  static fromPinnedBuffer(type: TensorType, data: TensorData, dims?: readonly number[]): TensorImpl {
    const extents = dims ?? guarded('Tensor.fromPinnedBuffer', () => [data.length]);
    return new TensorImpl({ location: 'cpu-pinned', type, data, dims: extents });
  }

  static fromTexture(): never {
    throw new InputError('tilewise has no WebGL textures', { hint: 'Use Tensor.fromGpuBuffer or Tensor.fromImage' });
  }

  static fromMLTensor(): never {
    throw new InputError('tilewise has no WebNN tensors', { hint: 'Use Tensor.fromGpuBuffer' });
  }

  get location(): TensorLocation {
    return this.#location;
  }

  get data(): TensorData {
    this.#requireValid();
    if (this.#data) return this.#data;
    throw new InputError('the elements are on the GPU', { hint: 'await tensor.getData(), or use tensor.gpuBuffer' });
  }

  get gpuBuffer(): GPUBuffer {
    this.#requireValid();
    if (this.#gpuBuffer) return this.#gpuBuffer;
    throw new InputError('the elements are not in a GPU buffer', {
      hint: "Create the session with preferredOutputLocation: 'gpu-buffer'",
    });
  }

  get texture(): never {
    throw new InputError('the elements are in no WebGL texture: tilewise has none', { hint: 'Use tensor.getData()' });
  }

  get mlTensor(): never {
    throw new InputError('the elements are in no WebNN tensor: tilewise has none', { hint: 'Use tensor.getData()' });
  }

  async getData(releaseData = false): Promise<TensorData> {
    this.#requireValid();
    if (this.#data) return this.#data;
    if (!this.#download) {
      throw new InputError('nobody said how to download this tensor', {
        hint: 'Pass download to Tensor.fromGpuBuffer; tensors that a session gives have it',
      });
    }
    this.#downloading ??= this.#downloaded(this.#download).finally(() => (this.#downloading = undefined));
    this.#data = await this.#downloading;
    this.#location = 'cpu';
    if (releaseData) this.#free();
    return this.#data;
  }

  dispose(): void {
    this.#requireValid();
    this.#free();
    this.#data = undefined;
    this.#location = 'none';
  }

  reshape(dims: readonly number[]): AnyTensor {
    this.#requireValid();
    if (guarded('reshape', () => elementCount(dimsOf(dims, NaN))) !== this.size) {
      throw new InputError(`[${this.dims.join(', ')}] cannot be reshaped to [${dims.join(', ')}]`, {
        hint: `The extents must multiply to ${this.size}`,
      });
    }
    if (this.#data && this.#location === 'cpu') return new TensorImpl(this.type, this.#data, dims);
    const { type } = this;
    const location = this.#location;
    return this.#data
      ? new TensorImpl({ location, type, dims, data: this.#data })
      : // Not the right to free: two tensors would.
        new TensorImpl({ location, type, dims, gpuBuffer: this.gpuBuffer, ...this.#downloader() });
  }

  toImageData(options?: ToImageOptions): ImageData {
    return guarded('toImageData', () => toImageData(this.dims, this.data, options));
  }

  toDataURL(options?: ToImageOptions): string {
    return guarded('toDataURL', () => toDataUrl(this.toImageData(options)));
  }

  /** What the caller's function gives, which may be no elements of this type. */
  async #downloaded(download: () => unknown): Promise<TensorData> {
    const given = await download();
    return guarded('getData', () => elementsAs(this.type, given).data);
  }

  #downloader(): { download?: () => Promise<TensorData> } {
    return this.#download ? { download: this.#download } : {};
  }

  #free(): void {
    this.#release?.();
    this.#release = undefined;
    this.#gpuBuffer = undefined;
    this.#download = undefined;
  }

  #requireValid(): void {
    if (this.#location === 'none') throw new InputError('the tensor was disposed of', { hint: 'Make another' });
  }
}

/** What the arguments of the constructor come to. */
interface Described {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly size: number;
  readonly location: TensorLocation;
  readonly data?: TensorData;
  /** Where elements are that are not in plain host memory. */
  readonly placed?: Placed;
}

function described(first: unknown, second: unknown, third: unknown): Described {
  if (isPlaced(first)) {
    const { type, location } = first;
    if (!isTensorType(type)) throw new InputError('the type given for a tensor is none');
    const dims = dimsOf(first.dims, NaN);
    return { type, dims, size: elementCount(dims), location, placed: first };
  }
  const named = typeof first === 'string';
  const { type, data } = named ? elementsAs(first, second) : inferElements(first);
  const dims = dimsOf(named ? third : second, data.length);
  return { type, dims, size: elementCount(dims), location: 'cpu', data };
}

function callable<T>(name: string, given: T | undefined): T | undefined {
  if (given === undefined || typeof given === 'function') return given;
  throw new InputError(`${name} of a tensor in a GPU buffer must be a function`);
}

function isPlaced(value: unknown): value is Placed {
  return typeof value === 'object' && value !== null && 'location' in value;
}

function dimsOf(dims: unknown, length: number): readonly number[] {
  if (dims === undefined) return [length];
  if (Array.isArray(dims) && dims.every((extent) => typeof extent === 'number')) return dims;
  throw new InputError('the extents of a tensor must be an array of numbers', { hint: 'As in [1, 3, 224, 224]' });
}
