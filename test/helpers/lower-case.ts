/** Lowers one operator case without a GPU, and evaluates it with the CPU reference. */
import { isFloat } from '../../src/core/dtype.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { channelsOf, densePlacement, slicePlacement, type Placement } from '../../src/core/placement.ts';
import { ownStorage, packedStorage, type Storage, type Stored } from '../../src/core/storage.ts';
import type { Shape, Tensor, TensorDesc } from '../../src/core/tensor.ts';
import type { ValueDesc } from '../../src/ir/graph.ts';
import type { Node, NodeOf, OpKind } from '../../src/ir/ops.ts';
import {
  inputTraits,
  type Dispatched,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
  type OperandTraits,
} from '../../src/kernels/definition.ts';
import type { OpDefinition, Operands } from '../../src/ops/definition.ts';
import { KERNELS, OPS, type LoadedOp } from './every-operator.ts';
import { resolvePads } from '../../src/ops/lib/window.ts';
import { sameArray } from '../../src/util/arrays.ts';
import { floatsToHalves, halvesToFloats } from '../../src/util/half.ts';
import { buildCase, type OpCase } from './op-case.ts';

/** What the cases are lowered for: the limits every device has, kernels chosen as for a software adapter. */
export const TEST_PROFILE: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: [] };

/**
 * How the operands of a case lie in memory, where the operator's kernels allow it: everything dense and in its type's own
 * word unless said otherwise. `half` stores floats as halves, `fours` narrow integers four to a word, which weights of floats are unless it is false. `packed` and `odd` put rows apart (by multiples of 4 elements, or not), `scattered` also moves channels.
 * `shared`: in a graph whose other convolutions accumulate and scatter, so that it shares their pipelines.
 */
export interface Setup {
  readonly device?: DeviceProfile;
  readonly half?: boolean;
  readonly fours?: boolean;
  readonly placement?: 'packed' | 'odd' | 'scattered';
  readonly inPlace?: boolean;
  readonly shared?: boolean;
}

/** A case as lowering sees it, and its operands. */
export interface Prepared<K extends OpKind> {
  readonly context: LowerContext<K>;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly ValueDesc[];
}

/** What the setups beyond the plain one are called, and whether an operator's kernels take them. */
export function setupsOf<K extends OpKind>(c: OpCase<K>, device: DeviceProfile): Setup[] {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<K>;
  if (definition.kind !== 'dispatch') return [];
  const { lies = 'dense' } = definition.outputs;
  const placements =
    lies === 'dense' ? [] : (['packed', 'odd', ...(lies === 'channels' ? ['scattered' as const] : [])] as const);
  const { context } = prepare(c, { device });
  const alive = (definition.overwrites?.(context) ?? []).filter((i) => canBeOverwritten(c, context, i));
  const half = definition.outputs.storage?.includes('f16');
  const fours = canPack(definition, context);
  return [
    ...placements.map((placement) => ({ device, placement })),
    ...(half && device.features.includes('shader-f16') && isFloat(c.inputs[0]?.dtype ?? 'float32')
      ? [{ device, half: true }, ...placements.slice(0, 1).map((placement) => ({ device, placement, half: true }))]
      : []),
    ...(alive.length > 0 ? [{ device, inPlace: true }] : []),
    ...(fours.dense ? [{ device, fours: true }] : []),
    ...(c.inputs.some((_, i) => isWeightInBytes(c, i)) ? [{ device, fours: false }] : []),
    ...(fours.rows && placements.length > 0 ? [{ device, fours: true, placement: 'packed' as const }] : []),
    ...(c.op === 'Conv' ? [{ device, shared: true }] : []),
  ];
}

/** Whether a case has values that can be packed four to a word: dense ones, and with rows apart. */
function canPack<K extends OpKind>(
  { outputs, moves, packs }: Dispatched<K>,
  context: LowerContext<K>,
): { dense: boolean; rows: boolean } {
  const y = context.outputs[0];
  const packed = y && packedStorage(y.dtype);
  if (!packed || !outputs.storage?.includes(packed) || packs?.(context.node) === false)
    return { dense: false, rows: false };
  const inFours = [...context.outputs, ...context.inputs.slice(0, moves?.whole === 'output' ? undefined : 0)].every(
    (value) => !value || channelsOf(value.shape) % 4 === 0,
  );
  return { dense: moves?.whole !== 'output' || inFours, rows: inFours };
}

/** What the planner would ask too: an input that is there, is no constant, and is as large as the output. */
function canBeOverwritten<K extends OpKind>(c: OpCase<K>, context: LowerContext<K>, input: number): boolean {
  const x = context.inputs[input];
  const y = context.outputs[0];
  return Boolean(x && y && !c.inputs[input]?.constant && x.dtype === y.dtype && sameArray(x.shape, y.shape));
}

/** A constant of bytes that floats are multiplied by. */
function isWeightInBytes<K extends OpKind>({ inputs: [x, ...others] }: OpCase<K>, input: number): boolean {
  const w = others[input - 1];
  return w?.dtype === 'int8' && Boolean(w.constant) && isFloat(x?.dtype ?? 'float32');
}

const isPlaced = ({ lies = 'dense' }: OperandTraits): boolean => lies !== 'dense';

let built: { readonly of: OpCase; readonly as: ReturnType<typeof buildCase> } | undefined;

/** A case with its random operands: the last one is kept, since it is prepared for one setup after another. */
function builtCase(c: OpCase): ReturnType<typeof buildCase> {
  built = built?.of === c ? built : { of: c, as: buildCase(c) };
  return built.as;
}

/** Infers the shapes of a case, and lays its operands out. */
export function prepare<K extends OpKind>(c: OpCase<K>, setup: Setup = {}): Prepared<K> {
  const { graph, feeds } = builtCase(c);
  const node = graph.nodes[0] as unknown as LowerContext<K>['node'];
  const inputs = node.inputs.map((name) => feeds.get(name) ?? graph.initializers.get(name));
  const definition = OPS[c.op] as unknown as OpDefinition<K>;
  const operands = inputs.map(
    (t, i) => t && { dtype: t.dtype, shape: t.shape, value: c.inputs[i]?.constant ? t : undefined },
  );
  const outputs = definition.infer(node, operands);
  const kernels = KERNELS[c.op] as unknown as KernelDefinition<K>;
  const dispatched = kernels.kind === 'dispatch' ? kernels : undefined;
  const traitsOf = (i: number): OperandTraits => (dispatched ? inputTraits(dispatched, i) : {});
  const outputTraits = dispatched?.outputs ?? {};
  const context: LowerContext<K> = {
    node: explicitPads(node, operands),
    device: setup.device ?? TEST_PROFILE,
    inputs: inputs.map((t, i): Stored | undefined => {
      if (!t) return undefined;
      const { dtype, shape } = t;
      const movable = isPlaced(traitsOf(i)) && !c.inputs[i]?.constant;
      const placement = inputPlacementFor(shape, movable ? setup.placement : undefined);
      const packing = isWeightInBytes(c, i) ? { fours: true, ...setup } : setup;
      return { dtype, shape, storage: storageFor(t, traitsOf(i), packing), placement };
    }),
    outputs: outputs.map(({ dtype, shape }): Stored => {
      const placement = outputPlacementFor(shape, isPlaced(outputTraits) ? setup.placement : undefined);
      return { dtype, shape, storage: storageFor({ dtype, shape }, outputTraits, setup), placement };
    }),
    shares: () => false,
    siblings: { accumulates: setup.shared ?? false, scatters: setup.shared ?? false },
    constant: (name) => graph.initializers.get(name),
  };
  const taken = setup.inPlace ? dispatched?.overwrites?.(context) : undefined;
  const over = taken?.find((i) => canBeOverwritten(c, context, i));
  return { context: { ...context, shares: (input, output) => input === over && output === 0 }, inputs, outputs };
}

/** The storage that a setup asks for, where the traits allow it. */
function storageFor({ dtype }: TensorDesc, { storage = [] }: OperandTraits, { half, fours }: Setup): Storage {
  const wanted = isFloat(dtype) ? (half ? 'f16' : undefined) : fours ? packedStorage(dtype) : undefined;
  return wanted && storage.includes(wanted) ? wanted : ownStorage(dtype);
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
  const definition = OPS[node.op] as unknown as LoadedOp<K>;
  const kernel = (definition.sees?.(node, operands, []) ?? []).map((window) => window.kernel);
  const pads = resolvePads(attributes, (operands[0]?.shape ?? []).slice(1, -1), kernel);
  return { ...node, attributes: { ...node.attributes, pads, padMode: 'explicit' } };
}

/** What the CPU reference gives for a case; in half storage, for the rounded inputs, and itself rounded. */
export function referenceOf<K extends OpKind>(c: OpCase<K>, setup: Setup = {}): Tensor[] {
  const { context, inputs, outputs } = prepare(c, setup);
  const definition = OPS[c.op] as unknown as LoadedOp<K>;
  const rounded = inputs.map((t, i) => t && asStored(t, context.inputs[i]));
  return definition.reference(context.node, rounded, outputs, true).map((t, i) => asStored(t, context.outputs[i]));
}

function asStored(t: Tensor, value: Stored | undefined): Tensor {
  if (value?.storage !== 'f16') return t;
  return { ...t, data: halvesToFloats(floatsToHalves(t.data)) };
}

/** What a variant makes of a case. */
export interface Lowered {
  readonly variant: string;
  readonly calls: readonly KernelCall[];
}

/** What the variants that apply make of a case, in the order of preference; empty for `view` and `host` operators. */
export function loweringsOf<K extends OpKind>(c: OpCase<K>, setup: Setup = {}): Lowered[] {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<K>;
  if (definition.kind !== 'dispatch') return [];
  const { context } = prepare(c, setup);
  const alike = definition.variants.filter(({ name }) => !c.unlike || !name.startsWith(c.unlike.variants));
  return alike.flatMap((variant) => {
    const calls = variant.tryLower(context);
    return calls ? [{ variant: variant.name, calls }] : [];
  });
}

/** The names of those variants. */
export function variantsOf<K extends OpKind>(c: OpCase<K>, setup: Setup = {}): string[] {
  return loweringsOf(c, setup).map(({ variant }) => variant);
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
