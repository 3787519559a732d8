/** Resize of narrow integers to the nearest element, which may lie four to a word → one dispatch. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { resizeBytesShader } from '../../../shaders/sample/resize-bytes.ts';
import { elementCount } from '../../core/tensor.ts';
import { resizedElement, type ResizeStep } from '../../ir/shapes/resize.ts';
import { at, ceilDiv, stridesOf } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  type CallOperand,
  type KernelCall,
  type LowerContext,
} from '../definition.ts';
import { stepsOf, uploadedTable } from '../lib/resize-steps.ts';
import { listParams } from '../lib/strided.ts';

/** An axis of y, or several neighbours none of which changes. */
interface Axis {
  readonly extent: number;
  /** The distance of neighbours in x. */
  readonly stride: number;
  readonly step?: ResizeStep | undefined;
}

/** The dispatch; none for a result without elements. */
export function resizeBytesCalls(context: LowerContext<'Resize'>): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const [x, y] = [required(context, 0), result(context)];
  const elements = elementCount(y.shape);
  if (elements === 0) return [];
  const steps = stepsOf(context);
  const all = axesOf(context, steps);
  const inner = at(all, all.length - 1);
  const vector = !inner.step && inner.extent % 4 === 0;
  const axes = vector ? quartered(all) : all;
  const crops = steps.some((step) => step.crops);
  const count = ceilDiv(elements, 4);
  const spec = { changes: axes.map(({ step }) => step !== undefined), crops, vector };
  return [
    {
      shader: resizeBytesShader({ ...spec, x: x.storage, y: y.storage }),
      operands: [value(node.inputs[0]), placesOf(axes), value(node.outputs[0])],
      params: {
        count,
        last: elements - 1,
        ...listParams(
          'd',
          axes.map(({ extent }) => extent),
        ),
        ...listParams(
          's',
          axes.map(({ stride }) => stride),
        ),
        ...listParams('t', startsOf(axes)),
        ...(crops ? { fill: resizedElement(node.attributes, y.dtype)(node.attributes.extrapolation) } : {}),
      },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
  ];
}

/** The axes of y, as few as the changes allow, and at least one. */
function axesOf(context: LowerContext<'Resize'>, steps: readonly ResizeStep[]): Axis[] {
  const strides = stridesOf(required(context, 0).shape);
  const axes: Axis[] = [];
  result(context).shape.forEach((extent, i) => {
    const step = steps.find(({ axis }) => axis === i);
    const stride = at(strides, i);
    const outer = axes.at(-1);
    if (!step && outer && !outer.step) axes[axes.length - 1] = { extent: outer.extent * extent, stride };
    else if (step || extent > 1) axes.push({ extent, stride, step });
  });
  return axes.length > 0 ? axes : [{ extent: 1, stride: 1 }];
}

/** The same in vectors of four along the innermost axis. */
function quartered(axes: readonly Axis[]): Axis[] {
  return axes.map((axis, i) =>
    i === axes.length - 1 ? { ...axis, extent: axis.extent / 4 } : { ...axis, stride: axis.stride / 4 },
  );
}

/** Where the places of each axis begin. */
function startsOf(axes: readonly Axis[]): number[] {
  let start = 0;
  return axes.map(({ extent, step }) => {
    const own = start;
    if (step) start += extent;
    return own;
  });
}

/** For each element along the axes that change the one of x it comes from, or −1; made when it is uploaded. */
function placesOf(axes: readonly Axis[]): CallOperand {
  const length = axes.reduce((sum, { extent, step }) => sum + (step ? extent : 0), 0);
  return uploadedTable('int32', length, (data) => {
    let start = 0;
    for (const { step } of axes) {
      if (!step) continue;
      data.set(step.table.firsts, start);
      for (const i of step.table.outside) data[start + i] = -1;
      start += step.output;
    }
  });
}
