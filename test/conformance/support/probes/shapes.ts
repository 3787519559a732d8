/** Operators that move elements, look them up, or make them of shapes. */
import { tensorOf } from '../../../../src/core/tensor.ts';
import { ints, list, lone, some, unary, type ProbeOf, type Probes } from './probe.ts';

/** A list that is an attribute before an opset, and an input since. */
function listed(name: string, since: number, ...values: number[]): ProbeOf {
  return (t, opset) => {
    const x = some(t, 1, 3, 2);
    if (opset < since) return { inputs: { x }, attributes: { [name]: list(...values) } };
    return { inputs: { x }, constants: { [name]: ints(...values) } };
  };
}

const pad: ProbeOf = (t, opset) => {
  const x = some(t, 2, 3);
  if (opset < 2) return { inputs: { x }, attributes: { paddings: list(0, 1, 0, 2) } };
  if (opset < 11) return { inputs: { x }, attributes: { pads: list(0, 1, 0, 2) } };
  return { inputs: { x }, constants: { pads: ints(0, 1, 0, 2) } };
};

const slice: ProbeOf = (t, opset) => {
  const x = some(t, 4, 3);
  if (opset < 10) return { inputs: { x }, attributes: { starts: list(1), ends: list(3), axes: list(0) } };
  return { inputs: { x }, constants: { starts: ints(1), ends: ints(3), axes: ints(0) } };
};

const split: ProbeOf = (t, opset) => {
  const attributes = { axis: { i: 0 }, ...(opset < 18 ? {} : { num_outputs: { i: 2 } }) };
  return { inputs: { x: some(t, 4, 3) }, attributes, outputs: ['y', 'z'] };
};

const tile: ProbeOf = (t, opset) => {
  const x = some(t, 2, 3);
  if (opset < 6) return { inputs: { x }, constants: { tiles: lone(t, 2), axis: lone(t, 1) } };
  return { inputs: { x }, constants: { repeats: ints(1, 2) } };
};

const topK: ProbeOf = (t, opset) => {
  const x = some(t, 2, 5);
  const outputs = ['y', 'where'];
  if (opset < 10) return { inputs: { x }, attributes: { k: { i: 2 } }, outputs };
  return { inputs: { x }, constants: { k: ints(2) }, outputs };
};

const upsample: ProbeOf = (t, opset) => {
  const x = some(t, 1, 2, 3, 3);
  if (opset < 9) return { inputs: { x }, attributes: { scales: { floats: [1, 1, 2, 2] } } };
  return { inputs: { x }, constants: { scales: tensorOf('float32', [4], [1, 1, 2, 2]) } };
};

const resize: ProbeOf = (t, opset) => {
  const constants = { scales: tensorOf('float32', [4], [1, 1, 2, 2]) };
  const x = some(t, 1, 2, 3, 3);
  return opset < 11 ? { inputs: { x }, constants } : { inputs: { x }, constants: { roi: undefined, ...constants } };
};

const rows = tensorOf('int64', [2, 2], [0, 1, 1, 0]);
const updates: ProbeOf = (t) => ({ inputs: { x: some(t, 2, 3), rows, updates: some(t, 2, 2) } });

export const SHAPES: Probes = {
  CenterCropPad: (t) => ({ inputs: { x: some(t, 4, 3) }, constants: { shape: ints(2, 5) } }),
  Compress: (t) => ({ inputs: { x: some(t, 3, 2), keep: some('bool', 3) }, attributes: { axis: { i: 0 } } }),
  Concat: (t) => ({ inputs: { a: some(t, 2, 3), b: some(t, 2, 3) }, attributes: { axis: { i: 1 } } }),
  Constant: (t) => ({ inputs: {}, attributes: { value: { t: some(t, 2, 3) } } }),
  ConstantOfShape: (t) => ({ inputs: {}, constants: { shape: ints(2, 3) }, attributes: { value: { t: some(t, 1) } } }),
  DepthToSpace: (t) => ({ inputs: { x: some(t, 1, 4, 2, 3) }, attributes: { blocksize: { i: 2 } } }),
  Expand: (t) => ({ inputs: { x: some(t, 2, 1) }, constants: { shape: ints(2, 3) } }),
  EyeLike: unary(),
  Flatten: unary(),
  Gather: (t) => ({ inputs: { x: some(t, 2, 3), where: ints(1, 0) } }),
  GatherElements: (t) => ({ inputs: { x: some(t, 2, 3), rows } }),
  GatherND: (t) => ({ inputs: { x: some(t, 2, 3), rows } }),
  NonZero: unary(),
  OneHot: (t) => ({ inputs: { x: ints(1, 0, 2) }, constants: { depth: lone('int64', 3), values: some(t, 2) } }),
  Pad: pad,
  Range: (t) => ({ inputs: {}, constants: { start: lone(t, 1), limit: lone(t, 7), delta: lone(t, 2) } }),
  Reshape: (t, opset) =>
    opset < 5
      ? { inputs: { x: some(t, 2, 3) }, attributes: { shape: list(3, 2) } }
      : { inputs: { x: some(t, 2, 3) }, constants: { shape: ints(3, 2) } },
  Resize: resize,
  ReverseSequence: (t) => ({ inputs: { x: some(t, 3, 2, 2) }, constants: { lengths: ints(2, 3) } }),
  Scatter: updates,
  ScatterElements: updates,
  ScatterND: (t) => ({ inputs: { x: some(t, 2, 3), rows, updates: some(t, 2) } }),
  Shape: unary(),
  Size: unary(),
  Slice: slice,
  SpaceToDepth: (t) => ({ inputs: { x: some(t, 1, 1, 4, 6) }, attributes: { blocksize: { i: 2 } } }),
  Split: split,
  Squeeze: listed('axes', 13, 0),
  TensorScatter: (t) => ({ inputs: { past: some(t, 1, 2, 5, 3), update: some(t, 1, 2, 1, 3), where: ints(2) } }),
  Tile: tile,
  TopK: topK,
  Transpose: unary({ perm: list(1, 0) }),
  Trilu: unary(),
  Unique: unary(),
  Unsqueeze: listed('axes', 13, 1),
  Upsample: upsample,
};
