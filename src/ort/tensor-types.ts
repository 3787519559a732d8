/** The types of `tilewise/ort`'s Tensor, structurally those of onnxruntime-common. */

/** The array that holds each element type: half bits for float16, a byte for bool. */
export interface TensorDataTypeMap {
  float32: Float32Array;
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  string: string[];
  bool: Uint8Array;
  float16: Uint16Array;
  float64: Float64Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  uint4: Uint8Array;
  int4: Int8Array;
}

/** The JavaScript value of one element, by element type. */
export interface TensorElementTypeMap {
  float32: number;
  uint8: number;
  int8: number;
  uint16: number;
  int16: number;
  int32: number;
  int64: bigint;
  string: string;
  bool: boolean;
  float16: number;
  float64: number;
  uint32: number;
  uint64: bigint;
  uint4: number;
  int4: number;
}

/** Name of an element type. */
export type TensorType = keyof TensorDataTypeMap;

/** Any array of elements. */
export type TensorData = TensorDataTypeMap[TensorType];

/** Where elements are. Those of tilewise are on the `cpu`, `cpu-pinned` or in a `gpu-buffer`; `none` after `dispose`. */
export type TensorLocation = 'none' | 'cpu' | 'cpu-pinned' | 'texture' | 'gpu-buffer' | 'ml-tensor';

/** Element types that a GPU buffer may be declared to hold; a session takes those of four bytes. */
export type GpuBufferType = 'float32' | 'float16' | 'int32' | 'int64' | 'uint32' | 'uint8' | 'bool';

/** WebNN's tensor, which tilewise knows by name only. */
export interface MLTensorHandle {
  destroy(): void;
}

/** Element types of a WebNN tensor. */
export type MLTensorType = Exclude<TensorType, 'uint16' | 'int16' | 'string' | 'float64'>;

/** Order of the colour channels in a tensor. */
export type ImageFormat = 'RGB' | 'RGBA' | 'BGR' | 'RBG';

/** One number for all channels, or one for each. */
export type PerChannel = number | [number, number, number] | [number, number, number, number];

/** Options of `toImageData` and `toDataURL`: pixel = (element − bias) · mean, which defaults to 255 and 0. */
export interface ToImageOptions {
  /** Default RGB. */
  format?: ImageFormat;
  /** Default NCHW. */
  tensorLayout?: 'NHWC' | 'NCHW';
  norm?: { bias?: PerChannel; mean?: PerChannel };
}

/** Options of `fromImage`: element = (pixel + bias) / mean, which default to 0 and 255. */
export interface FromImageOptions {
  /** Extents of the picture in the tensor; it is scaled to them. Default: its own. */
  resizedHeight?: number;
  resizedWidth?: number;
  /** Default RGB; RGBA for an image element. */
  tensorFormat?: ImageFormat;
  /** Only NCHW, the default. */
  tensorLayout?: 'NHWC' | 'NCHW';
  /** Only float32, the default. */
  dataType?: 'float32' | 'uint8';
  norm?: { bias?: PerChannel; mean?: PerChannel };
}

/** How elements come back from the GPU, and what happens to them there when the tensor is disposed of. */
export interface GpuResource<T extends TensorType> {
  download?(): Promise<TensorDataTypeMap[T]>;
  dispose?(): void;
}

/** A tensor of one element type. */
export interface TypedTensor<T extends TensorType> {
  readonly dims: readonly number[];
  readonly type: T;
  /** Number of elements. */
  readonly size: number;
  /** The elements. Throws InputError while they are on the GPU. */
  readonly data: TensorDataTypeMap[T];
  readonly location: TensorLocation;
  /** Throws InputError: tilewise has no WebGL. */
  readonly texture: WebGLTexture;
  /** Throws InputError unless the elements are in a GPU buffer. */
  readonly gpuBuffer: GPUBuffer;
  /** Throws InputError: tilewise has no WebNN. */
  readonly mlTensor: MLTensorHandle;
  /** The elements, downloaded first when they are on the GPU; with `releaseData` they are then freed there. */
  getData(releaseData?: boolean): Promise<TensorDataTypeMap[T]>;
  /** Forgets the elements; those that a session left on the GPU are freed. */
  dispose(): void;
  /** The same elements under other extents. Throws InputError when their number differs. */
  reshape(dims: readonly number[]): TypedTensor<T>;
  /** The tensor as the data URL of a PNG. Only in a page; throws InputError elsewhere. */
  toDataURL(options?: ToImageOptions): string;
  /** The tensor as a picture. Throws InputError where there is no ImageData, or for a shape that is no picture's. */
  toImageData(options?: ToImageOptions): ImageData;
}

/** A tensor of any element type. */
export type AnyTensor = TypedTensor<TensorType>;

/** What `new Tensor(type, …)` takes as elements. */
export type TensorElements<T extends TensorType> = TensorDataTypeMap[T] | readonly TensorElementTypeMap[T][];

/** Makes tensors; see the constructors of onnxruntime-common. All throw InputError on elements that do not fit. */
export interface TensorConstructor {
  new (type: 'string', data: TensorElements<'string'>, dims?: readonly number[]): TypedTensor<'string'>;
  new (type: 'bool', data: TensorElements<'bool'>, dims?: readonly number[]): TypedTensor<'bool'>;
  new (type: 'uint8', data: Uint8ClampedArray, dims?: readonly number[]): TypedTensor<'uint8'>;
  new <T extends 'uint64' | 'int64'>(
    type: T,
    data: TensorDataTypeMap[T] | readonly bigint[] | readonly number[],
    dims?: readonly number[],
  ): TypedTensor<T>;
  new <T extends Exclude<TensorType, 'string' | 'bool' | 'uint64' | 'int64'>>(
    type: T,
    data: TensorDataTypeMap[T] | readonly number[],
    dims?: readonly number[],
  ): TypedTensor<T>;
  new (data: Float32Array, dims?: readonly number[]): TypedTensor<'float32'>;
  new (data: Int8Array, dims?: readonly number[]): TypedTensor<'int8'>;
  new (data: Uint8Array, dims?: readonly number[]): TypedTensor<'uint8'>;
  new (data: Uint8ClampedArray, dims?: readonly number[]): TypedTensor<'uint8'>;
  new (data: Uint16Array, dims?: readonly number[]): TypedTensor<'uint16'>;
  new (data: Int16Array, dims?: readonly number[]): TypedTensor<'int16'>;
  new (data: Int32Array, dims?: readonly number[]): TypedTensor<'int32'>;
  new (data: BigInt64Array, dims?: readonly number[]): TypedTensor<'int64'>;
  new (data: readonly string[], dims?: readonly number[]): TypedTensor<'string'>;
  new (data: readonly boolean[], dims?: readonly number[]): TypedTensor<'bool'>;
  new (data: Float64Array, dims?: readonly number[]): TypedTensor<'float64'>;
  new (data: Uint32Array, dims?: readonly number[]): TypedTensor<'uint32'>;
  new (data: BigUint64Array, dims?: readonly number[]): TypedTensor<'uint64'>;
  new (
    type: TensorType,
    data: TensorData | readonly number[] | readonly string[] | readonly bigint[] | readonly boolean[],
    dims?: readonly number[],
  ): AnyTensor;
  new (data: TensorData, dims?: readonly number[]): AnyTensor;
  /** A tensor of shape [1, channels, height, width] from a picture, or from one at an address. */
  fromImage(
    image: ImageData | HTMLImageElement | ImageBitmap | string,
    options?: FromImageOptions,
  ): Promise<TypedTensor<'float32'> | TypedTensor<'uint8'>>;
  /** A tensor in a GPU buffer, dense and in row-major order. `dataType` defaults to float32. */
  fromGpuBuffer<T extends GpuBufferType = 'float32'>(
    buffer: GPUBuffer,
    options: GpuResource<T> & { readonly dims: readonly number[]; dataType?: T },
  ): TypedTensor<T>;
  /** A tensor over memory that a run writes its output into. */
  fromPinnedBuffer<T extends Exclude<TensorType, 'string'>>(
    type: T,
    buffer: TensorDataTypeMap[T],
    dims?: readonly number[],
  ): TypedTensor<T>;
  /** Throws InputError: tilewise has no WebGL. */
  fromTexture(texture: WebGLTexture, options: object): TypedTensor<'float32'>;
  /** Throws InputError: tilewise has no WebNN. */
  fromMLTensor<T extends MLTensorType>(tensor: MLTensorHandle, options: object): TypedTensor<T>;
}
