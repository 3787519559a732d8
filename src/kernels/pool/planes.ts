/** Pools over three dimensions in two dispatches: every plane by itself, then along the depth what that made. */
import { isFloat } from '../../core/dtype.ts';
import { largestBinding } from '../../core/limits.ts';
import { densePlacement } from '../../core/placement.ts';
import { bytesOf, type Stored } from '../../core/storage.ts';
import type { PoolWindow } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import { required, result, type CallOperand, type KernelCall, type LowerContext } from '../definition.ts';
import { volumePoolCalls } from './volume.ts';

/** Operators whose fold of folds is that of all elements: the counts that averages divide by are products, too. */
export type SeparablePoolOp = 'MaxPool' | 'AveragePool' | 'LpPool';

/** What the planes made is called. */
const PLANES = 'planes';

/** Least elements that are looked at in one dispatch for each that are in two. */
const LEAST_GAIN = 1.25;

/** `kernel` and the like of some of the spatial dimensions, of three. */
function along({ kernel, strides, dilations, pads }: PoolWindow, dims: readonly number[]) {
  const of = (list: readonly number[]): number[] => dims.map((d) => at(list, d));
  return {
    kernel: of(kernel),
    strides: of(strides),
    dilations: of(dilations),
    pads: [...of(pads), ...of(pads.slice(3))],
  };
}

/** The window along the depth, over planes whose pixels are in a row. */
function alongDepth(window: PoolWindow) {
  const { kernel, strides, dilations, pads } = along(window, [0]);
  return {
    kernel: [...kernel, 1],
    strides: [...strides, 1],
    dilations: [...dilations, 1],
    pads: [at(pads, 0), 0, at(pads, 1), 0],
  };
}

/** The two dispatches, its padding explicit; nothing where they would see little less than one, or pools of integers. */
function poolPlanesCalls<K extends SeparablePoolOp>(
  context: LowerContext<K>,
): readonly Omit<KernelCall, 'variant'>[] | undefined {
  const { node } = context;
  const window: PoolWindow = node.attributes;
  const [x, y] = [required(context, 0), result(context)];
  if (x.shape.length !== 5 || !isFloat(x.dtype)) return undefined;
  const [batch, depth, height, width, channels] = [0, 1, 2, 3, 4].map((i) => at(x.shape, i)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [outD, outH, outW] = [1, 2, 3].map((i) => at(y.shape, i)) as [number, number, number];
  const [planeTaps, depthTaps] = [product(window.kernel.slice(1)), at(window.kernel, 0)];
  const shape = [batch * depth, outH, outW, channels];
  const seen = depth * planeTaps + outD * depthTaps;
  if (outD * planeTaps * depthTaps < LEAST_GAIN * seen || product(y.shape) === 0) return undefined;
  if (bytesOf('f32', product(shape)) > largestBinding(context.device)) return undefined;
  const planes: Stored = { ...x, shape, storage: 'f32', placement: densePlacement(shape) };
  const flat = (stored: Stored, planesOf: number): Stored => ({
    ...stored,
    shape: [batch, planesOf, outH * outW, channels],
  });
  const first = volumePoolCalls<K>({
    ...context,
    node: { ...node, outputs: [PLANES], attributes: { ...node.attributes, ...along(window, [1, 2]) } },
    inputs: [{ ...x, shape: [batch * depth, height, width, channels] }],
    outputs: [planes],
  });
  const second = volumePoolCalls<K>({
    ...context,
    node: { ...node, inputs: [PLANES], attributes: { ...node.attributes, ...alongDepth(window) } },
    inputs: [flat(planes, depth)],
    outputs: [flat(y, outD)],
  });
  const scratch: CallOperand = { kind: 'scratch', id: PLANES, elements: product(shape) };
  return [...first, ...second].map((call) => ({
    ...call,
    operands: call.operands.map((o) => (o.kind === 'value' && o.name === PLANES ? scratch : o)),
  }));
}

/** The dispatches of a variant: `planes`, or `volume`, the plain kernel, which takes all of them. */
export function poolCallsBy<K extends SeparablePoolOp>(
  context: LowerContext<K>,
  name: string,
): readonly Omit<KernelCall, 'variant'>[] | undefined {
  return name === 'planes' ? poolPlanesCalls(context) : volumePoolCalls(context);
}
