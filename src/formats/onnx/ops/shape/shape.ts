/** Other extents for the same elements, and the extents themselves. */
import type { OnnxNode } from '../../node.ts';
import { constant } from './constant.ts';

function reshape(n: OnnxNode): string {
  n.attr.ignore('consumed_inputs');
  const attribute = n.opset < 5 ? n.attr.ints('shape') : undefined;
  const shape = attribute ? n.ints(attribute) : n.input(1);
  return n.one('Reshape', [n.input(0), shape], { allowZero: n.attr.flag('allowzero', false) });
}

function squeeze(n: OnnxNode): string {
  const { list: axes, inputs } = n.listed('axes');
  return n.one('Squeeze', [n.input(0), ...inputs], { axes });
}

function unsqueeze(n: OnnxNode): string {
  const { list: axes, inputs } = n.listed('axes');
  if (!n.attr.has('axes') && n.optional(1) === '') n.fail('axes are missing');
  return n.one('Unsqueeze', [n.input(0), ...inputs], { axes });
}

function flatten(n: OnnxNode): string {
  return n.one('Flatten', [n.input(0)], { axis: n.attr.int('axis', 1) });
}

/** Shape-15 can cut out a range of the dimensions. */
function shape(n: OnnxNode): string {
  const start = n.attr.int('start', 0);
  const hasEnd = n.attr.has('end');
  const end = n.attr.int('end', 0);
  if (start === 0 && !hasEnd) return n.one('Shape', [n.input(0)], {});
  const whole = n.main('Shape', [n.input(0)], {});
  const bounds = [n.ints([start]), n.ints([hasEnd ? end : 2 ** 31 - 1])];
  return n.one('Slice', [whole, ...bounds], {});
}

/** At inference the data passes through and the mask is all true, or before opset 12 all false. */
function dropout(n: OnnxNode): string[] {
  n.attr.ignore('ratio', 'seed', 'consumed_inputs', 'is_test');
  n.optional(1);
  if (n.opset < 7 && n.attr.has('is_test') && !n.attr.flag('is_test', true)) n.refuse('is_test = 0');
  const y = n.one('Identity', [n.input(0)], {});
  if (n.opset < 10 || !n.wants(1)) return [y];
  return [y, n.one('ConstantOfShape', [n.one('Shape', [n.input(0)], {})], { dtype: 'bool', value: +(n.opset > 11) })];
}

/** What an Identity of a constant gives is a constant too. */
function identity(n: OnnxNode): string {
  const value = n.constantInput(0);
  const [output] = n.outputs;
  if (value && output) n.context.noteConstant(output, value);
  return n.one('Identity', [n.input(0)], {});
}

/** Shapes. */
export const SHAPE = {
  Constant: constant,
  Identity: identity,
  Dropout: dropout,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Shape: shape,
};
