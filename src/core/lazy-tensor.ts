/** Tensors whose elements are made when they are read: a file of a hundred bytes can ask for a gigabyte of equal weights. */
import { hostArray, type DType, type HostArray } from './dtype.ts';
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
