/** `Tensor` as onnxruntime-common names it: a constructor, a type, and a namespace of types. */
import { TensorImpl } from './tensor-impl.ts';
import type {
  AnyTensor,
  GpuBufferType as GpuBufferDataType,
  MLTensorHandle,
  MLTensorType as MLTensorDataType,
  TensorConstructor,
  TensorData,
  TensorDataTypeMap,
  TensorElementTypeMap,
  TensorLocation,
  TensorType,
} from './tensor-types.ts';

/** A tensor: what goes into a session and comes out. */
export type Tensor = AnyTensor;

/** The types that belong to tensors. */
export declare namespace Tensor {
  type DataTypeMap = TensorDataTypeMap;
  type ElementTypeMap = TensorElementTypeMap;
  type Type = TensorType;
  type DataType = TensorData;
  type ElementType = TensorElementTypeMap[TensorType];
  type CpuPinnedDataTypes = Exclude<TensorType, 'string'>;
  type TextureType = WebGLTexture;
  type TextureDataTypes = 'float32';
  type GpuBufferType = GPUBuffer;
  type GpuBufferDataTypes = GpuBufferDataType;
  type MLTensorType = MLTensorHandle;
  type MLTensorDataTypes = MLTensorDataType;
  type DataLocation = TensorLocation;
}

/** Makes tensors: `new Tensor('float32', data, dims)`, `new Tensor(data, dims)`, `Tensor.fromGpuBuffer` … */
export const Tensor: TensorConstructor = TensorImpl as unknown as TensorConstructor;
