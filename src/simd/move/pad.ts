/** Pad: a strided copy for each way in which positions go on, after one value where there is a constant. */
import { hostBytes } from '../../core/dtype.ts';
import { elementCount, zeros } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type PackedOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { plannedInts } from '../lib/planned-ints.ts';
import { copyCall, type ElementBox } from '../lib/copy.ts';

/** Copies, at most: more are left to the reference. */
const MOST_COPIES = 81;

/** The constant where none is given: zero in every type. */
const NOUGHT: PackedOperand = {
  kind: 'packed',
  source: zeros('float32', [1]),
  key: 'nought',
  bytes: hostBytes('float32'),
  write: (to) => to.fill(0),
};

/** Positions of one axis of the result, from `to` on, that read x from `from` on, `step` apart. */
interface SourceRun {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly extent: number;
}

/** What runs of the axes so far make together. */
type PaddedBox = Required<ElementBox>;

/** Takes every type, and pads that are known. */
export function pad(context: SimdContext<'Pad'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  const pads = plannedInts(context, 1);
  if (!x || !pads) return undefined;
  const { dtype, shape } = at(context.outputs, 0);
  const { mode } = context.node.attributes;
  const runs = x.shape.map((extent, axis) => {
    return runsOf(range(at(shape, axis)).map((c) => sourceOf(c - at(pads, axis), extent, mode)));
  });
  const from = stridesOf(x.shape);
  const to = stridesOf(shape);
  let boxes: PaddedBox[] = [{ dims: [], start: 0, toStart: 0 }];
  for (const [axis, some] of runs.entries()) {
    const strides = [at(from, axis), at(to, axis)] as const;
    boxes = boxes.flatMap((box) => some.map((run) => extended(box, run, strides)));
    if (boxes.length > MOST_COPIES) return undefined;
  }
  const [source, y] = [inputOperand(context, 0), outputOperand(context)];
  const whole = { dims: [{ extent: elementCount(shape), strides: [0, 1] }] };
  return [
    ...(mode === 'constant' ? copyCall(dtype, context.inputs[2] ? inputOperand(context, 2) : NOUGHT, y, whole) : []),
    ...boxes.flatMap((box) => copyCall(dtype, source, y, box)),
  ];
}

/** The position of x that a position reads which counts from where x begins; −1 for the constant. As the reference has it. */
function sourceOf(c: number, extent: number, mode: OpAttributes['Pad']['mode']): number {
  if (c >= 0 && c < extent) return c;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return c < 0 ? 0 : extent - 1;
  if (mode === 'wrap') return ((c % extent) + extent) % extent;
  return c < 0 ? -c : 2 * (extent - 1) - c;
}

/** Positions that follow each other, as long as they are the same distance apart. */
function runsOf(sources: readonly number[]): SourceRun[] {
  const runs: SourceRun[] = [];
  for (let to = 0; to < sources.length;) {
    const from = at(sources, to);
    const step = (sources[to + 1] ?? from) - from;
    const goesOn = (next: number | undefined, k: number): boolean =>
      next !== undefined && Math.min(from, next) >= 0 && next === from + step * k;
    let extent = 1;
    while (goesOn(sources[to + extent], extent)) extent++;
    if (from >= 0) runs.push({ from, to, step, extent });
    to += extent;
  }
  return runs;
}

/** The box with one dimension more, inside of the others. */
function extended(
  { dims, start, toStart }: PaddedBox,
  { from, to, step, extent }: SourceRun,
  [stride, toStride]: readonly [from: number, to: number],
): PaddedBox {
  return {
    dims: [...dims, { extent, strides: [step * stride, toStride] }],
    start: start + from * stride,
    toStart: toStart + to * toStride,
  };
}
