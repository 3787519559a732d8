/** Every operator's way to the GPU, in one exhaustive table of two parts. */
import type { DeviceProfile } from '../core/limits.ts';
import { lazy, RowTable } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import { COMMON_KERNELS } from './common.ts';
import type { KernelDefinition } from './definition.ts';

/** The operators. */
export const KERNELS = new RowTable<OpKind, KernelDefinition<OpKind>>(
  COMMON_KERNELS,
  lazy(() => import('./further.ts'), 'FURTHER_KERNELS'),
);

/** To be awaited before a compiled graph is planned for a device. Rejects with LoadError when something cannot be fetched. */
export async function loadKernels({ nodes, values }: Graph, device?: DeviceProfile): Promise<void> {
  await Promise.all(nodes.map((node) => loadFor(node, values, device)));
}

/** Loads the row of a node's operator, and the parts of it that this node needs. */
async function loadFor(node: Node, values: Graph['values'], device?: DeviceProfile): Promise<void> {
  const kernels = await KERNELS.load(node.op);
  if (kernels.kind !== 'dispatch' || !kernels.parts) return;
  const inputs = node.inputs.map((name) => values.get(name));
  await Promise.all(kernels.parts.map((part) => part.needs(node, inputs, device) && part.load()));
}

/** The kernels of an operator, seen apart from which operator it is. Throws LoadError when `loadKernels` was not called with it. */
export function kernelsOf(op: OpKind): KernelDefinition<OpKind> {
  return KERNELS.get(op);
}

/** Names of the variants of an operator, in the order of its list; empty for what is no operator, or was not loaded. */
export function variantNames(op: string): readonly string[] {
  const definition = KERNELS.peek(op);
  return definition?.kind === 'dispatch' ? definition.variants.map(({ name }) => name) : [];
}
