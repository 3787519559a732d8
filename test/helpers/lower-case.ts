/** Lowers one operator case without a GPU, and evaluates it with the CPU reference. */
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import type { Tensor, TensorDesc } from '../../src/core/tensor.ts';
import type { Node, NodeOf, OpKind } from '../../src/ir/ops.ts';
import type { KernelCall, KernelDefinition, LowerContext } from '../../src/kernels/definition.ts';
import { KERNELS } from '../../src/kernels/registry.ts';
import type { OpDefinition, Operands } from '../../src/ops/definition.ts';
import { OPS } from '../../src/ops/registry.ts';
import { resolvePads } from '../../src/ops/window.ts';
import { buildCase, type OpCase } from './op-case.ts';

/** What the cases are lowered for: the limits every device has, kernels chosen as for a software adapter. */
export const TEST_PROFILE: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: [] };

/** A case as lowering sees it, and its operands. */
export interface Prepared<K extends OpKind> {
  readonly context: LowerContext<K>;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly TensorDesc[];
}

/** Infers the shapes of a case. */
export function prepare<K extends OpKind>(c: OpCase<K>): Prepared<K> {
  const { graph, feeds } = buildCase(c);
  const node = graph.nodes[0] as unknown as LowerContext<K>['node'];
  const inputs = node.inputs.map((name) => feeds.get(name) ?? graph.initializers.get(name));
  const definition = OPS[c.op] as unknown as OpDefinition<K>;
  const operands = inputs.map(
    (t, i) => t && { dtype: t.dtype, shape: t.shape, value: c.inputs[i]?.constant ? t : undefined },
  );
  const outputs = definition.infer(node, operands);
  const context: LowerContext<K> = {
    node: explicitPads(node, operands),
    device: TEST_PROFILE,
    inputs: inputs.map((t) => t && { dtype: t.dtype, shape: t.shape }),
    outputs,
    inputPlacements: [],
    outputPlacements: [],
    shares: () => false,
    constant: (name) => graph.initializers.get(name),
  };
  return { context, inputs, outputs };
}

/** Kernels see windows after the passes have made their padding explicit. */
function explicitPads<K extends OpKind>(node: NodeOf<K>, operands: Operands): NodeOf<K> {
  const { attributes } = node as Node;
  if (!('padMode' in attributes)) return node;
  const kernel = 'kernel' in attributes ? attributes.kernel : (operands[1]?.shape ?? []).slice(0, -2);
  const pads = resolvePads(attributes, (operands[0]?.shape ?? []).slice(1, -1), kernel);
  return { ...node, attributes: { ...node.attributes, pads, padMode: 'explicit' } };
}

/** What the CPU reference gives for a case. */
export function referenceOf<K extends OpKind>(c: OpCase<K>): Tensor[] {
  const { context, inputs, outputs } = prepare(c);
  const definition = OPS[c.op] as unknown as OpDefinition<K>;
  return [...definition.reference(context.node, inputs, outputs)];
}

/** Names of the variants that apply to a case, in the order of preference; empty for `view` and `host` operators. */
export function variantsOf<K extends OpKind>(c: OpCase<K>): string[] {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<K>;
  if (definition.kind !== 'dispatch') return [];
  const { context } = prepare(c);
  return definition.variants.filter((v) => v.tryLower(context) !== undefined).map((v) => v.name);
}

/** Lowers a case to dispatches: with the named variant, or with the first that applies. */
export function lowerCase<K extends OpKind>(c: OpCase<K>, variantName?: string): readonly KernelCall[] {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<K>;
  if (definition.kind !== 'dispatch') throw new Error(`${c.op} has no dispatch: it is a ${definition.kind} operator`);
  const { context } = prepare(c);
  for (const candidate of definition.variants) {
    if (variantName !== undefined && candidate.name !== variantName) continue;
    const calls = candidate.tryLower(context);
    if (calls) return calls;
  }
  throw new Error(`${c.op} "${c.name}": no variant ${variantName ?? ''} applies`);
}
