/** Which values are stored as halves: those that every kernel around them takes so. */
import { isFloat, type DType } from '../../core/dtype.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import { descOf } from '../../ir/rewrite.ts';
import { at } from '../../util/arrays.ts';
import { kernelsOf } from '../../kernels/registry.ts';

/** Constants of fewer elements stay float32: scales, slopes and anchors weigh nothing, and their rounding shows. */
const SMALLEST_HALVED = 1024;

/** Larger numbers round to infinity. */
const LARGEST_HALF = 65504;

/** How each value is stored: float16 where `halves` and possible, its own type otherwise. */
export function storageTypes(graph: Graph, halves: boolean): (name: string) => DType {
  const full = new Set<string>();
  const all = new ViewClasses(graph);
  const keepFull = (name: string): void => void full.add(all.sourceOf(name));
  for (const { name } of graph.inputs) keepFull(name);
  for (const name of graph.outputs) keepFull(name);
  for (const node of graph.nodes) {
    const kernels = kernelsOf(node.op);
    if (kernels.kind === 'view') continue;
    const half = kernels.kind === 'dispatch' ? kernels.half : undefined;
    node.inputs.forEach((name, i) => {
      if (!half?.includes(i)) keepFull(name);
    });
    if (!half) node.outputs.forEach(keepFull);
  }
  return (name) => {
    const { dtype } = descOf(graph, name);
    if (!isFloat(dtype)) return dtype;
    const source = all.sourceOf(name);
    const constant = graph.initializers.get(source);
    const half = halves && !full.has(source) && (!constant || isWorthHalving(constant));
    return half ? 'float16' : 'float32';
  };
}

function isWorthHalving({ shape, data }: Tensor): boolean {
  if (elementCount(shape) < SMALLEST_HALVED) return false;
  for (const v of data) if (Math.abs(v) > LARGEST_HALF) return false;
  return true;
}

/** Values that are views of each other, by the one they all come from. */
class ViewClasses {
  readonly #sources = new Map<string, string>();

  constructor({ nodes }: Graph) {
    for (const { op, inputs, outputs } of nodes) {
      if (kernelsOf(op).kind === 'view') this.#sources.set(at(outputs, 0), this.sourceOf(at(inputs, 0)));
    }
  }

  sourceOf(name: string): string {
    return this.#sources.get(name) ?? name;
  }
}
