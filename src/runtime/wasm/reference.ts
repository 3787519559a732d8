/** Nodes without a WASM kernel: their operators' references, on views of the linear memory. Loaded where a plan has some. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { runNode } from '../cpu/run.ts';
import type { MemoryValues } from './values.ts';

/** Values of a plan as references see them. */
export class ReferenceWalk {
  readonly #values: MemoryValues;

  constructor(values: MemoryValues) {
    this.#values = values;
  }

  /** A value as it is now: of its true extents, where one depends on data. Undefined for none. */
  get(name: string): Tensor | undefined {
    const view = this.#values.get(name);
    const bounded = this.#values.plan.graph.values.get(name)?.bounded;
    if (!view || !bounded) return view;
    const shape = view.shape.with(bounded.axis, at(this.get(bounded.count)?.data ?? [], 0));
    return { dtype: view.dtype, shape, data: view.data.subarray(0, elementCount(shape)) };
  }

  /** Computes a node. Errors name it. */
  run(position: number): void {
    const { nodes, values } = this.#values.plan.graph;
    const node = at(nodes, position);
    const results = runNode(node, this, values);
    node.outputs.forEach((name, k) => {
      const result = results[k];
      if (name === '' || !result) return;
      const place = this.#values.get(name);
      if (!place || result.data.length > place.data.length) {
        throw new ShapeError(`output "${name}" is larger than inferred`, { node: node.name, op: node.op });
      }
      place.data.set(result.data);
    });
  }
}
