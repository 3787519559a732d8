/** ConvTranspose as calls of WASM kernels: outputs a stride apart are a convolution of their own, of some of the window's elements. */
import { transposedAxes, type TransposedAxis } from '../../ir/shapes/transposed-window.ts';
import { at, ceilDiv, product, range } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { panels } from '../product/packed-weights.ts';
import { implicitCall, type ImplicitAxis } from './implicit.ts';
import { knownWeights } from './known-weights.ts';

/** Calls of a node: beyond so many its reference is as good. */
const MOST_CALLS = 1024;

/** Outputs of one axis that are a stride apart: the elements of the window that they see, the last first, and how. */
interface Phase {
  readonly kernel: number;
  readonly taps: readonly number[];
  readonly axis: ImplicitAxis;
}

/** Weights and bias have to be known. */
export function convTranspose(context: SimdContext<'ConvTranspose'>): readonly SimdCall[] | undefined {
  const weights = knownWeights(context);
  if (!weights) return undefined;
  const { group, activation } = context.node.attributes;
  const [x, w] = [context.inputs[0]?.shape ?? [], weights.weights.shape];
  const phases = transposedAxes(context.node.attributes, x.slice(1, -1), w.slice(0, -2)).map(phasesOf);
  if (product(phases.map(({ length }) => length)) > MOST_CALLS) return undefined;
  const extents = { depth: at(w, w.length - 2), columns: at(w, w.length - 1) / group, group };
  return choices(phases).map((axes) => {
    const taps = axes.reduce<readonly number[]>(
      (outer, { kernel, taps }) => outer.flatMap((o) => taps.map((k) => o * kernel + k)),
      [0],
    );
    return implicitCall({
      ...extents,
      x: inputOperand(context, 0),
      weights: panels({ ...weights, ...extents, taps }),
      residual: { kind: 'absent' },
      y: outputOperand(context),
      images: at(x, 0),
      axes: axes.map(({ axis }) => axis),
      activation,
    });
  });
}

/** Output o sees element k of the window at input (o + padBegin − k·dilation) / stride, where that is whole. */
function phasesOf({ input, output, kernel, stride, dilation, padBegin }: TransposedAxis): readonly Phase[] {
  return range(Math.min(stride, output)).map((offset) => {
    const seen = (k: number): number => (offset + padBegin - k * dilation) / stride;
    const taps = range(kernel)
      .reverse()
      .filter((k) => Number.isInteger(seen(k)));
    const [first = 0, second = first] = taps;
    const axis = {
      input,
      taps: taps.length,
      stride: 1,
      dilation: seen(second) - seen(first),
      // Of no element, that is nothing.
      pad: taps.length > 0 ? -seen(first) : 0,
      output: ceilDiv(output - offset, stride),
      place: stride,
      offset,
      whole: output,
    };
    return { kernel, taps, axis };
  });
}

/** One of each list, in every way. */
function choices<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((some) => list.map((one) => [...some, one])),
    [[]],
  );
}
