/** What a model is fed where there is no picture: zeros. */
import { zeros, type Port, type Tensor } from '../../../src/index.ts';

/** Tensors by input name. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Extent taken for a symbolic one that is not the batch: a usual side of pictures. */
const USUAL_EXTENT = 224;

/** Zeros for every input. */
export function feedsOf(inputs: readonly Port[]): Feeds {
  return Object.fromEntries(inputs.map((port) => [port.name, zeros(port.dtype, extentsOf(port))]));
}

function extentsOf({ shape }: Port): number[] {
  return shape.map((extent, axis) => (typeof extent === 'number' ? extent : axis === 0 ? 1 : USUAL_EXTENT));
}
