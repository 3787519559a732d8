/** Lowers one operator case without a GPU, and evaluates it with the CPU reference. */
import { isFloat } from '../../src/core/dtype.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { channelsOf, densePlacement, slicePlacement, type Placement } from '../../src/core/placement.ts';
import type { Shape, Tensor, TensorDesc } from '../../src/core/tensor.ts';
import type { Node, NodeOf, OpKind } from '../../src/ir/ops.ts';
import type { KernelCall, KernelDefinition, LowerContext } from '../../src/kernels/definition.ts';
import type { OpDefinition, Operands } from '../../src/ops/definition.ts';
import { KERNELS, OPS, type LoadedOp } from './every-operator.ts';
import { resolvePads } from '../../src/ops/lib/window.ts';
import { sameArray } from '../../src/util/arrays.ts';
import { floatsToHalves, halvesToFloats } from '../../src/util/half.ts';
import { buildCase, type OpCase } from './op-case.ts';

/** What the cases are lowered for: the limits every device has, kernels chosen as for a software adapter. */
export const TEST_PROFILE: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: [] };

/**
 * How the operands of a case lie in memory, where the operator's kernels allow it: everything dense and in float32 unless
 * said otherwise. `packed` and `odd` put rows apart (by multiples of 4 elements, or not), `scattered` also moves channels.
 * `shared`: in a graph whose other convolutions accumulate and scatter, so that it shares their pipelines.
 */
export interface Setup {
  readonly device?: DeviceProfile;
  readonly half?: boolean;
  readonly placement?: 'packed' | 'odd' | 'scattered';
  readonly inPlace?: boolean;
  readonly shared?: boolean;
}

/** A case as lowering sees it, and its operands. */
export interface Prepared<K extends OpKind> {
  readonly context: LowerContext<K>;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly TensorDesc[];
}

/** What the setups beyond the plain one are called, and whether an operator's kernels take them. */
export function setupsOf<K extends OpKind>(c: OpCase<K>, device: DeviceProfile): Setup[] {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<K>;
  if (definition.kind !== 'dispatch') return [];
  const { placed, half } = definition;
  const placements = placed
    ? (['packed', 'odd', ...(placed.outputs === 'any' ? ['scattered' as const] : [])] as const)
    : [];
  const { context } = prepare(c, { device });
  const alive = (definition.inPlace?.(context) ?? []).filter((i) => canBeOverwritten(c, context, i));
  return [
    ...placements.map((placement) => ({ device, placement })),
    ...(half && device.features.includes('shader-f16') && isFloat(c.inputs[0]?.dtype ?? 'float32')
      ? [{ device, half: true }, ...placements.slice(0, 1).map((placement) => ({ device, placement, half: true }))]
      : []),
    ...(alive.length > 0 ? [{ device, inPlace: true }] : []),
    ...(c.op === 'Conv' ? [{ device, shared: true }] : []),
  ];
}

/** What the planner would ask too: an input that is there, is no constant, and is as large as the output. */
function canBeOverwritten<K extends OpKind>(c: OpCase<K>, context: LowerContext<K>, input: number): boolean {
  const x = context.inputs[input];
  const y = context.outputs[0];
  return Boolean(x && y && !c.inputs[input]?.constant && x.dtype === y.dtype && sameArray(x.shape, y.shape));
}

/** Infers the shapes of a case, and lays its operands out. */
export function prepare<K extends OpKind>(c: OpCase<K>, setup: Setup = {}): Prepared<K> {
  const { graph, feeds } = buildCase(c);
  const node = graph.nodes[0] as unknown as LowerContext<K>['node'];
  const inputs = node.inputs.map((name) => feeds.get(name) ?? graph.initializers.get(name));
  const definition = OPS[c.op] as unknown as OpDefinition<K>;
  const operands = inputs.map(
    (t, i) => t && { dtype: t.dtype, shape: t.shape, value: c.inputs[i]?.constant ? t : undefined },
  );
  const outputs = definition.infer(node, operands);
  const kernels = KERNELS[c.op] as unknown as KernelDefinition<K>;
  const { half, placed } = kernels.kind === 'dispatch' ? kernels : {};
  const stored = ({ dtype, shape }: TensorDesc, isHalf: boolean | undefined): TensorDesc => {
    if (!isFloat(dtype)) return { dtype, shape };
    return { dtype: setup.half && isHalf ? 'float16' : 'float32', shape };
  };
  const context: LowerContext<K> = {
    node: explicitPads(node, operands),
    device: setup.device ?? TEST_PROFILE,
    inputs: inputs.map((t, i) => t && stored({ dtype: t.dtype, shape: t.shape }, half?.includes(i))),
    outputs: outputs.map((desc) => stored(desc, half !== undefined)),
    inputPlacements: inputs.map((t, i) => {
      const movable = placed?.inputs.includes(i) && !c.inputs[i]?.constant;
      return inputPlacementFor(t?.shape ?? [0], movable ? setup.placement : undefined);
    }),
    outputPlacements: outputs.map(({ shape }) => outputPlacementFor(shape, placed ? setup.placement : undefined)),
    shares: () => false,
    accumulates: setup.shared ?? false,
    scatters: setup.shared ?? false,
    constant: (name) => graph.initializers.get(name),
  };
  const taken = setup.inPlace && kernels.kind === 'dispatch' ? kernels.inPlace?.(context) : undefined;
  const over = taken?.find((i) => canBeOverwritten(c, context, i));
  return { context: { ...context, shares: (input, output) => input === over && output === 0 }, inputs, outputs };
}

/** Rows apart, channels packed. */
function inputPlacementFor(shape: Shape, kind: Setup['placement']): Placement {
  const channels = channelsOf(shape);
  if (kind === undefined) return densePlacement(shape);
  if (kind === 'odd') return slicePlacement(channels, 1, channels + 3);
  return slicePlacement(channels, 4, Math.ceil(channels / 4) * 4 + 8);
}

function outputPlacementFor(shape: Shape, kind: Setup['placement']): Placement {
  const channels = channelsOf(shape);
  if (kind !== 'scattered') return inputPlacementFor(shape, kind);
  // Two groups shuffled, or, with an odd number of channels, every second element.
  if (channels % 2 === 0) return { offset: 3, pitch: channels + 5, block: channels / 2, step: 2, blockStep: 1 };
  return { offset: 3, pitch: 2 * channels + 5, block: channels, step: 2, blockStep: 2 * channels };
}

/** Kernels see windows after the passes have made their padding explicit. */
function explicitPads<K extends OpKind>(node: NodeOf<K>, operands: Operands): NodeOf<K> {
  const { attributes } = node as Node;
  if (!('padMode' in attributes)) return node;
  const kernel = 'kernel' in attributes ? attributes.kernel : (operands[1]?.shape ?? []).slice(0, -2);
  const pads = resolvePads(attributes, (operands[0]?.shape ?? []).slice(1, -1), kernel);
  return { ...node, attributes: { ...node.attributes, pads, padMode: 'explicit' } };
}

/** What the CPU reference gives for a case; in half storage, for the rounded inputs, and itself rounded. */
export function referenceOf<K extends OpKind>(c: OpCase<K>, setup: Setup = {}): Tensor[] {
  const { context, inputs, outputs } = prepare(c, setup);
  const definition = OPS[c.op] as unknown as LoadedOp<K>;
  const rounded = inputs.map((t, i) => t && asStored(t, context.inputs[i]));
  return definition.reference(context.node, rounded, outputs).map((t, i) => asStored(t, context.outputs[i]));
}

function asStored(t: Tensor, desc: TensorDesc | undefined): Tensor {
  if (desc?.dtype !== 'float16') return t;
  return { ...t, data: halvesToFloats(floatsToHalves(t.data)) };
}

/** Names of the variants that apply to a case, in the order of preference; empty for `view` and `host` operators. */
export function variantsOf<K extends OpKind>(c: OpCase<K>, setup: Setup = {}): string[] {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<K>;
  if (definition.kind !== 'dispatch') return [];
  const { context } = prepare(c, setup);
  const alike = definition.variants.filter((v) => !c.unlike || !v.name.startsWith(c.unlike.variants));
  return alike.filter((v) => v.tryLower(context) !== undefined).map((v) => v.name);
}

/** Lowers a case to dispatches: with the named variant, or with the first that applies. */
export function lowerCase<K extends OpKind>(
  c: OpCase<K>,
  variantName?: string,
  setup: Setup = {},
): readonly KernelCall[] {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<K>;
  if (definition.kind !== 'dispatch') throw new Error(`${c.op} has no dispatch: it is a ${definition.kind} operator`);
  const { context } = prepare(c, setup);
  for (const candidate of definition.variants) {
    if (variantName !== undefined && candidate.name !== variantName) continue;
    const calls = candidate.tryLower(context);
    if (calls) return calls;
  }
  throw new Error(`${c.op} "${c.name}": no variant ${variantName ?? ''} applies`);
}
