/** Chooses a variant for each node and lowers it, collecting everything that cannot run on this device. */
import { PlanError, TilewiseError, UnsupportedError, type Unsupported } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import type { KernelCall, KernelDefinition, LowerContext } from '../kernels/definition.ts';
import { KERNELS } from '../kernels/registry.ts';

/** Variant names to use instead of the first that applies, by operator: for tests and benches. */
export type ForcedVariants = { readonly [K in OpKind]?: string };

/** What a node becomes: dispatches, or nothing because its output shares its input's buffer. */
export type Lowered = readonly KernelCall[] | 'view';

/**
 * Lowers every node. Throws UnsupportedError naming all nodes that have no kernel on this device, so that a missing
 * operator is never found one at a time.
 */
export function lowerGraph(graph: Graph, device: DeviceProfile, forced: ForcedVariants = {}): Lowered[] {
  const failures: Unsupported[] = [];
  const lowered = graph.nodes.map((node) => {
    try {
      return lowerNode(graph, node, device, forced);
    } catch (error) {
      if (!(error instanceof TilewiseError)) throw error;
      failures.push({ node: node.name, op: node.op, what: error.reason });
      return [];
    }
  });
  if (failures.length > 0) {
    throw new UnsupportedError(failures, { hint: "These nodes have no WebGPU kernel; backend 'cpu' runs them" });
  }
  return lowered;
}

/** Throws PlanError without place: the caller knows it. */
function lowerNode(graph: Graph, node: Node, device: DeviceProfile, forced: ForcedVariants): Lowered {
  const definition: KernelDefinition<OpKind> = KERNELS[node.op];
  if (definition.kind === 'view') return 'view';
  if (definition.kind === 'host') {
    throw new PlanError('its value depends on the data');
  }
  const context: LowerContext<OpKind> = {
    node,
    device,
    inputs: node.inputs.map((name) => (name === '' ? undefined : descOf(graph, name))),
    outputs: node.outputs.map((name) => (name === '' ? { dtype: 'float32', shape: [0] } : descOf(graph, name))),
    constant: (name) => graph.initializers.get(name),
  };
  const wanted = forced[node.op];
  for (const variant of definition.variants) {
    if (wanted !== undefined && variant.name !== wanted) continue;
    const calls = variant.tryLower(context);
    if (calls) return calls;
  }
  const what = wanted === undefined ? 'no kernel variant applies' : `variant "${wanted}" does not apply`;
  throw new PlanError(what);
}
