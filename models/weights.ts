/** Where a builder's parameters come from: a named map of trained tensors, or seeded random numbers. */
import { InputError } from '../src/core/errors.ts';
import { isFloat } from '../src/core/dtype.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../src/core/tensor.ts';
import { product, sameArray } from '../src/util/arrays.ts';
import { bitSource, fillNormal, fillUniform } from './random-fill.ts';

/**
 * Parameters by name, in PyTorch's layout: convolutions `[out, in / group, kH, kW]`, linear layers `[out, in]`, batch
 * normalisation `NAME.weight`, `.bias`, `.running_mean`, `.running_var` of `[C]`. Builders lay them out for the graph.
 */
export interface WeightSource {
  /** The float32 tensor of this name and shape. Throws InputError naming the parameter when there is none that fits. */
  readonly get: (name: string, shape: Shape) => Tensor;
}

/** Trained parameters, as a `.safetensors` file of a torchvision model holds them. float16 ones are widened. */
export function fromSafetensors(tensors: ReadonlyMap<string, Tensor>): WeightSource {
  return {
    get: (name, shape) => {
      const found = tensors.get(name);
      if (!found) {
        const some = [...tensors.keys()].slice(0, 3).join(', ');
        const hint = `The file holds ${tensors.size} parameters (${some} …); it may be of another architecture`;
        throw new InputError(`parameter "${name}" is missing`, { hint });
      }
      if (!sameArray(found.shape, shape)) {
        const hint = 'Check the width, the groups and the number of classes the file was trained with';
        throw new InputError(`parameter "${name}" has shape ${shapeText(found.shape)}, expected ${shapeText(shape)}`, {
          hint,
        });
      }
      if (!isFloat(found.dtype)) throw new InputError(`parameter "${name}" is ${found.dtype}, expected float32`);
      return { dtype: 'float32', shape: found.shape, data: found.data };
    },
  };
}

/**
 * Random parameters, the same on every machine and independent of the order they are asked for. Convolutions and
 * linear layers are He-normal (arXiv:1502.01852); batch normalisation gets scales, means and variances that differ per
 * channel, so that folding it wrongly shows.
 */
export function randomWeights(seed = 1): WeightSource {
  return {
    get: (name, shape) => {
      const source = bitSource(hash(name, seed));
      const data = new Float32Array(elementCount(shape));
      if (shape.length > 1) fillNormal(data, Math.sqrt(2 / Math.max(1, product(shape.slice(1)))), source);
      else fillUniform(data, ...rangeOf(name), source);
      return { dtype: 'float32', shape, data };
    },
  };
}

/** Range of the elements of a parameter that has one per channel. */
function rangeOf(name: string): readonly [from: number, to: number] {
  if (name.endsWith('.running_var')) return [0.5, 1.5];
  if (name.endsWith('.running_mean') || name.endsWith('.bias')) return [-0.1, 0.1];
  // About 1 on average: much less, and deep networks forget their input; more, and residual sums explode.
  return [0.5, 1.4];
}

/** FNV-1a of the name, started from the seed. */
function hash(name: string, seed: number): number {
  let h = (2166136261 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 16777619) >>> 0;
  return h;
}
