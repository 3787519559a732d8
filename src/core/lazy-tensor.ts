/**
 * Tensors whose elements are made when they are read: a file of a hundred bytes can ask for a gigabyte of equal weights, and who
 * arranges weights for a kernel can read them as they lie in the file.
 */
import { hostArray, type DType, type HostArray } from './dtype.ts';
import { stridesOf } from '../util/arrays.ts';
import { elementCount, type Shape, type Tensor, type TensorDesc } from './tensor.ts';

/** What `filled` made a tensor of. */
export interface Fill {
  readonly value: number;
  readonly isOpaque: boolean;
}

/** By the tensor, not in it: a copy with other elements is no fill. */
const FILLS = new WeakMap<Tensor, Fill>();

/** A tensor of elements that `make` gives, again if need be: they are kept no longer than somebody holds them. */
export function lazyTensor(dtype: DType, shape: Shape, make: () => HostArray): Tensor {
  let made: WeakRef<HostArray> | undefined;
  return {
    dtype,
    shape,
    get data() {
      let data = made?.deref();
      if (!data) made = new WeakRef((data = make()));
      return data;
    },
  };
}

/** A tensor of one number. Passes leave an opaque one as it is: what they would make of it takes memory. */
export function filled({ dtype, shape }: TensorDesc, value: number, isOpaque: boolean): Tensor {
  const made = lazyTensor(dtype, shape, () => hostArray(dtype, elementCount(shape)).fill(value));
  FILLS.set(made, { value, isOpaque });
  return made;
}

/** The number that a tensor made by `filled` holds. */
export function fillOf(t: Tensor | undefined): Fill | undefined {
  return t && FILLS.get(t);
}

/** A tensor's elements in memory, and the distances between neighbours along each of its dimensions. */
export interface StridedSource {
  readonly source: Tensor;
  readonly strides: readonly number[];
}

const SOURCES = new WeakMap<Tensor, StridedSource>();

/** All elements of a tensor in another order, which `make` gives in full. Once read it is there as any other. */
export function rearranged(source: Tensor, shape: Shape, strides: readonly number[], make: () => HostArray): Tensor {
  let made: HostArray | undefined;
  const { dtype } = source;
  const t: Tensor = {
    dtype,
    shape,
    get data() {
      return (made ??= make());
    },
  };
  SOURCES.set(t, { source, strides });
  return t;
}

/** A tensor's elements as they lie in memory already: of one that `rearranged` made, those of its source. */
export function stridedSource(t: Tensor): StridedSource {
  return SOURCES.get(t) ?? { source: t, strides: stridesOf(t.shape) };
}
