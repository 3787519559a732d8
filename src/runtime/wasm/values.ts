/** The values of a plan as tensors on its memory. */
import { hostView } from '../../core/dtype.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import type { SimdPlan } from '../../simd/plan.ts';

/** Made once each: no run allocates what it can keep. */
export class MemoryValues {
  readonly plan: SimdPlan;
  readonly #memory: WebAssembly.Memory;
  readonly #views = new Map<string, Tensor>();

  constructor(plan: SimdPlan, memory: WebAssembly.Memory) {
    this.plan = plan;
    this.#memory = memory;
  }

  /** A constant, or a value as large as it can be. Undefined for none. */
  get(name: string): Tensor | undefined {
    const { graph, values } = this.plan;
    const known = graph.initializers.get(name) ?? this.#views.get(name);
    const value = values.get(name);
    if (known || !value) return known;
    const { dtype, shape, address } = value;
    const view = { dtype, shape, data: hostView(dtype, this.#memory.buffer, address, elementCount(shape)) };
    this.#views.set(name, view);
    return view;
  }
}
