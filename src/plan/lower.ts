/** Chooses a variant for each node and lowers it, collecting everything that cannot run on this device. */
import { PlanError, UnsupportedError, type Unsupported } from '../core/errors.ts';
import { largestBinding, type DeviceProfile } from '../core/limits.ts';
import { bufferBytes } from '../core/storage.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import { inputTraits, type Dispatched, type KernelCall, type LowerContext } from '../kernels/definition.ts';
import { descOf } from '../ir/rewrite.ts';
import { kernelsOf } from '../kernels/registry.ts';
import { contextOf, type Arrangement } from './arrangement/arrange.ts';
import { ownBytes } from './lifetimes.ts';
import { checkSize } from './memory.ts';
import { nodeSignature } from './signature.ts';

/** Variant names to use instead of the first that applies, by operator: for tests and benches. */
export type ForcedVariants = { readonly [K in OpKind]?: string };

/** Variant names the tuner found fastest, by `nodeSignature`. A name that does not apply is passed over. */
export type TunedVariants = ReadonlyMap<string, string>;

/** How to choose among the variants of a node. */
export interface VariantChoice {
  readonly forced?: ForcedVariants | undefined;
  readonly tuned?: TunedVariants | undefined;
}

/** What a node becomes: dispatches, or nothing because its output shares its input's buffer. */
export type Lowered = readonly KernelCall[] | 'view';

/** One way to run a node. */
export interface Candidate {
  readonly variant: string;
  readonly calls: readonly KernelCall[];
}

/**
 * Lowers every node. Throws UnsupportedError naming all nodes that no kernel takes, so that a missing one is never found
 * one at a time, and PlanError for a value beyond what the device binds; what fails while a node is lowered that a kernel does take is a fault of ours, and a PlanError.
 */
export function lowerGraph(
  graph: Graph,
  device: DeviceProfile,
  arrangement: Arrangement,
  choice: VariantChoice = {},
): Lowered[] {
  const missing = graph.nodes.flatMap((node): Unsupported[] => {
    const what = whatIsMissing(graph, node);
    return what === undefined ? [] : [{ node: node.name, op: node.op, what }];
  });
  if (missing.length > 0) {
    throw new UnsupportedError(missing, { hint: "These nodes have no WebGPU kernel; backend 'cpu' runs them" });
  }
  // Before: kernels make tables along their extents.
  for (const [name, value] of arrangement) {
    if (!graph.initializers.has(name)) checkSize(`value "${name}"`, ownBytes(value), device);
  }
  return graph.nodes.map((node) => lowerNode(contextOf(graph, node, device, arrangement), choice));
}

/** What keeps a node from running on a GPU, as its operator's traits say; nothing where nothing does. */
export function whatIsMissing(graph: Graph, node: Node): string | undefined {
  const kernels = kernelsOf(node.op);
  if (kernels.kind === 'view') return undefined;
  if (kernels.kind === 'host') {
    const constant = node.inputs.every((name) => graph.initializers.has(name));
    return constant ? 'it is too large to be computed while compiling' : 'its value depends on the data';
  }
  const refused = node.inputs.find((name, i) => {
    const { dtypes } = inputTraits(kernels, i);
    return name !== '' && dtypes?.includes(descOf(graph, name).dtype) === false;
  });
  if (refused !== undefined) return `there is no WebGPU kernel for ${descOf(graph, refused).dtype}`;
  const computed = node.inputs.find(
    (name, i) => name !== '' && inputTraits(kernels, i).constant === true && !graph.initializers.has(name),
  );
  if (computed !== undefined) return `"${computed}" depends on the data, its WebGPU kernels need it to be constant`;
  const rank = descOf(graph, node.inputs[0] ?? '').shape.length;
  return kernels.ranks?.includes(rank) === false ? `there is no WebGPU kernel for rank ${rank}` : undefined;
}

/** Throws PlanError when no variant takes a node, or not the one that is forced. */
function lowerNode(context: LowerContext<OpKind>, { forced, tuned }: VariantChoice): Lowered {
  const { op, name } = context.node;
  const definition = kernelsOf(op);
  if (definition.kind !== 'dispatch') return 'view';
  const wanted = forced?.[op];
  const best = tuned?.get(nodeSignature(context));
  let tooLarge: Lowered | undefined;
  for (const variant of inOrder(definition, context, best)) {
    if (wanted !== undefined && variant.name !== wanted) continue;
    const calls = variant.tryLower(context);
    if (calls && fits(calls, context.device)) return calls;
    tooLarge ??= calls;
  }
  // Whoever gives it a buffer says what is too large.
  if (tooLarge) return tooLarge;
  const what = wanted === undefined ? 'no kernel variant applies' : `variant "${wanted}" does not apply`;
  throw new PlanError(what, { node: name, op });
}

/** True when the device can bind what a way to run a node needs beside the node's own values. */
function fits(calls: readonly KernelCall[], device: DeviceProfile): boolean {
  return calls.every(({ operands }) =>
    operands.every(
      (operand) =>
        (operand.kind !== 'scratch' && operand.kind !== 'prepared') ||
        bufferBytes(operand.storage ?? 'f32', operand.elements) <= largestBinding(device),
    ),
  );
}

/** The variants of a node: the tuner's choice, then those preferred on this adapter, then all others. */
function inOrder(
  { variants, ...definition }: Dispatched<OpKind>,
  context: LowerContext<OpKind>,
  best: string | undefined,
): Dispatched<OpKind>['variants'] {
  const preferred = definition.preferred?.(context) ?? [];
  const names = best === undefined ? preferred : [best, ...preferred];
  if (names.length === 0) return variants;
  const rank = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
  return [...variants].sort((a, b) => rank(a.name) - rank(b.name));
}

/** Every way to run a node, in the order of preference: what the tuner measures. Empty for views. */
export function candidatesOf(context: LowerContext<OpKind>): Candidate[] {
  const definition = kernelsOf(context.node.op);
  if (definition.kind !== 'dispatch') return [];
  return inOrder(definition, context, undefined).flatMap((variant) => {
    const calls = variant.tryLower(context);
    return calls && calls.length > 0 && fits(calls, context.device) ? [{ variant: variant.name, calls }] : [];
  });
}
