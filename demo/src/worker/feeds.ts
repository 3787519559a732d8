/** What a model is fed where there is no picture: zeros, or for a benchmark numbers that differ. */
import { tensorOf, zeros, type Port, type Tensor } from '../../../src/index.ts';

/** Tensors by input name. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Extent taken for a symbolic one that is not the batch: a usual side of pictures. */
const USUAL_EXTENT = 224;

/** Zeros for every input. */
export function feedsOf(inputs: readonly Port[]): Feeds {
  return Object.fromEntries(inputs.map((port) => [port.name, zeros(port.dtype, extentsOf(port))]));
}

/** Extents for symbolic dimensions. */
export function symbolicExtents(inputs: readonly Port[]): Record<string, readonly number[]> {
  return Object.fromEntries(inputs.map((port) => [port.name, extentsOf(port)]));
}

/** Numbers in [-1, 1] for inputs of floats with known extents, the same on every machine: a GPU may be faster on zeros. */
export function wavesFor(inputs: readonly Port[]): Feeds {
  const feeds = inputs.map((port): [string, Tensor] => {
    const shape = extentsOf(port);
    const length = shape.reduce((count, extent) => count * extent, 1);
    return [
      port.name,
      tensorOf(
        port.dtype,
        shape,
        Array.from({ length }, (_, i) => Math.sin(i * 12.9898)),
      ),
    ];
  });
  return Object.fromEntries(feeds);
}

function extentsOf({ shape }: Port): number[] {
  return shape.map((extent, axis) => (typeof extent === 'number' ? extent : axis === 0 ? 1 : USUAL_EXTENT));
}
