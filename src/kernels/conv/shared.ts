/** What the variants of a convolution have in common: its window, its epilogue, its operands. */
import type { Tensor } from '../../core/tensor.ts';
import { floatStorage, type FloatStorage, type Storage } from '../../core/storage.ts';
import { required, value, type CallOperand, type LowerContext, type Variant } from '../definition.ts';
import { epilogueOf, type Epilogue, type Tail } from '../lib/epilogue.ts';
import { isVectorised } from '../../core/placement.ts';
import { planarWindow, type PlanarWindow } from '../lib/window.ts';

/** Lowering of a convolution. */
export type ConvContext = LowerContext<'Conv'>;

/** A convolution as its variants see it. */
export interface ConvPlan extends PlanarWindow {
  /** x, w and what else shaders that read w as it is bind before the epilogue's operands. */
  readonly operands: readonly CallOperand[];
  /** The elements of w, where it is constant. */
  readonly weights: Tensor | undefined;
  readonly group: number;
  /** Input and output channels of one group. */
  readonly groupIn: number;
  readonly groupOut: number;
  readonly epilogue: Epilogue;
  /** Element types of x and w. */
  readonly xType: FloatStorage;
  readonly wType: Storage;
  /** True when x can be read in vectors of four channels. */
  readonly xVector: boolean;
  /** Values for `X_PARAMS` (shaders/lib/window.ts): the pixel at row r of x starts at x_offset + r·x_pitch. */
  readonly xParams: { readonly x_offset: number; readonly x_pitch: number };
}

/** Reads a convolution that is on no volume. Throws PlanError for padding that the passes left implicit. */
export function convPlan(context: ConvContext, options: Pick<Tail, 'scatters'> = {}): ConvPlan {
  const { attributes } = context.node;
  const x = required(context, 0);
  const w = required(context, 1);
  const window = planarWindow(context, attributes, w.shape.slice(0, -2));
  const { placement } = x;
  const [source = '', weights = '', , , scale] = context.node.inputs;
  return {
    ...window,
    operands: [source, weights, ...(scale ? [scale] : [])].map(value),
    weights: context.constant(weights),
    group: attributes.group,
    groupIn: window.params.in_c / attributes.group,
    groupOut: window.params.out_c / attributes.group,
    epilogue: convEpilogue(context, options),
    xType: floatStorage(x),
    wType: w.storage,
    xVector: isVectorised(placement, x.shape),
    xParams: { x_offset: placement.offset, x_pitch: placement.pitch },
  };
}

/** The tail of a convolution. */
export function convEpilogue(context: ConvContext, options: Pick<Tail, 'scatters'> = {}): Epilogue {
  const { activation, group } = context.node.attributes;
  const accumulates = context.siblings.accumulates && group === 1;
  return epilogueOf(context, activation, { bias: 2, residual: 3, weightScale: 5, accumulates, ...options });
}

/** x, w, scale?, bias?, residual?, y: the binding order of the convolution shaders that read w as it is. */
export function convOperands({ operands, epilogue }: ConvPlan): CallOperand[] {
  return [...operands, ...epilogue.operands];
}

/** A variant that does not read the scale, and so leaves alone the convolutions that have one. */
export function withoutScale(variant: Variant<'Conv'>): Variant<'Conv'> {
  return { ...variant, tryLower: (context) => (context.node.inputs[4] ? undefined : variant.tryLower(context)) };
}
