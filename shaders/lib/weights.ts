/** Reading the weights of products: floats, or int8 that a scale of each output channel brings to real numbers. */
import { lazy } from '../../src/core/on-demand.ts';
import { scalarOf, type Storage } from '../../src/core/storage.ts';
import { u32 } from './literal.ts';
import { vectorType } from './numbers.ts';

/** What int8 weights take, to be loaded before a kernel that has such. */
export const INT8_WEIGHTS = lazy(() => import('./int8-weights.ts'), 'int8Weights');

/** An expression of the weight, or four, at the index `at` (an expression, of elements or vectors) of `name`, as f32. */
export function loadWeights(storage: Storage, width: 1 | 4, name: string, at: string): string {
  if (scalarOf(storage) === 'f32') return `${vectorType('f32', width)}(${name}[${at}])`;
  return INT8_WEIGHTS.get().load({ name, storage, width }, at);
}

/** Four neighbours of `w`, from the element `at` on: in one load, or one by one. */
export function fourWeights(storage: Storage, width: 1 | 4, at: string): string {
  if (width === 4) return loadWeights(storage, width, 'w', `(${at}) / 4u`);
  return `vec4<f32>(${[0, 1, 2, 3].map((j) => loadWeights(storage, width, 'w', `${at} + ${u32(j)}`)).join(', ')})`;
}
