/** Conv of each channel by itself as a call of a WASM kernel. */
import { isFloat } from '../../core/dtype.ts';
import { at } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext, type SimdOperand } from '../definition.ts';
import { finishOf } from '../lib/activation.ts';
import { planeOf, windowInts } from '../lib/window.ts';
import { furtherWeights } from '../lib/further-weights-part.ts';

/** Bytes of what a row of results keeps while it is made. */
const SCRATCH = 64;
/** Width of windows that have a module for themselves: it is made for them, as the other one is for those of three. */
const WIDE = 5;

/** The call of a convolution whose groups have one channel each; nothing for others. */
export function depthwiseCalls(context: SimdContext<'Conv'>): readonly SimdCall[] | undefined {
  const { node, inputs, outputs } = context;
  const { group, activation } = node.attributes;
  const [x, w] = inputs;
  const y = at(outputs, 0);
  if (!x || !w || group === 1 || group !== x.shape.at(-1) || inputs[4]) return undefined;
  const window = windowInts(node.attributes, w.shape.slice(0, -2));
  const weights = weightsOf(context);
  if (!window || !weights) return undefined;
  const { kind, ...finish } = finishOf(activation);
  return [
    {
      kernel: window[1] === WIDE ? 'wide/depthwise' : 'depthwise/depthwise',
      operands: [
        inputOperand(context, 0),
        weights,
        inputOperand(context, 2),
        inputOperand(context, 3),
        outputOperand(context),
      ],
      ints: [...planeOf(x.shape), ...planeOf(y.shape), ...window, kind],
      ...finish,
      units: at(y.shape, 0) * planeOf(y.shape)[0],
      scratch: SCRATCH,
    },
  ];
}

/** Weights as floats: those of eight bits are multiplied by their scales once. */
function weightsOf(context: SimdContext<'Conv'>): SimdOperand | undefined {
  if (context.inputs[5]) return furtherWeights.peek()?.scaledOperand(context, 5);
  const w = context.inputs[1];
  return w && isFloat(w.dtype) ? inputOperand(context, 1) : undefined;
}
