/** Nodes without a WASM kernel: their operators' references, on views of the linear memory. */
import { hostView } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { SimdPlan, SimdValue } from '../../simd/plan.ts';
import { at } from '../../util/arrays.ts';
import { lazy } from '../../core/on-demand.ts';

const WALK = lazy(() => import('../cpu/run.ts'), 'runNode');

/** To be awaited before a plan runs: few have nodes for the references. Rejects with LoadError when a part cannot be fetched. */
export async function loadWalk({ steps }: SimdPlan): Promise<void> {
  if (steps.some(({ kind }) => kind === 'reference')) await WALK.load();
}

/** The values of a plan as tensors on its memory. Made once: no run allocates what it can keep. */
export class MemoryValues {
  readonly #graph: Graph;
  readonly #memory: WebAssembly.Memory;
  readonly #values: ReadonlyMap<string, SimdValue>;
  readonly #views = new Map<string, Tensor>();

  constructor({ graph, values }: SimdPlan, memory: WebAssembly.Memory) {
    this.#graph = graph;
    this.#memory = memory;
    this.#values = values;
  }

  /** A value as it is now: of its true extents, where one depends on data. Undefined for none. */
  get(name: string): Tensor | undefined {
    const constant = this.#graph.initializers.get(name);
    if (constant) return constant;
    const bounded = this.#graph.values.get(name)?.bounded;
    const view = this.#views.get(name) ?? this.#view(name);
    if (!view || !bounded) return view;
    const shape = view.shape.with(bounded.axis, at(this.get(bounded.count)?.data ?? [], 0));
    return { dtype: view.dtype, shape, data: view.data.subarray(0, elementCount(shape)) };
  }

  /** Computes a node. Errors name it. */
  runNode(position: number): void {
    const node = at(this.#graph.nodes, position);
    const results = WALK.get()(node, this, this.#graph.values);
    node.outputs.forEach((name, k) => {
      const result = results[k];
      if (name === '' || !result) return;
      const place = this.#views.get(name) ?? this.#view(name);
      if (!place || result.data.length > place.data.length) {
        throw new ShapeError(`output "${name}" is larger than inferred`, { node: node.name, op: node.op });
      }
      place.data.set(result.data);
    });
  }

  #view(name: string): Tensor | undefined {
    const value = this.#values.get(name);
    if (!value) return undefined;
    const { dtype, shape, address } = value;
    const data = hostView(dtype, this.#memory.buffer, address, elementCount(shape));
    const view = { dtype, shape, data };
    this.#views.set(name, view);
    return view;
  }
}
