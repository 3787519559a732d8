/** Functions of one element that few networks have as layers, and running sums. */
import type { UnaryKind } from '../../../ir/ops.ts';
import { above, linear } from '../../lib/layer-nodes.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';

/** Stands for e where a layer has a base. */
const NATURAL = -1;

function unary(kind: UnaryKind): NcnnTranslation {
  return (c) => c.one('Unary', [c.input()], { kind });
}

/** scale·x + shift, by the parameters 1 and 2. */
function shifted(c: NcnnContext): string {
  return linear(c, c.input(), c.float(1, 1), c.float(2, 0));
}

/** base^(scale·x + shift) */
function exponential(c: NcnnContext): string {
  const base = c.float(0, NATURAL);
  const x = shifted(c);
  return base === NATURAL ? c.one('Unary', [x], { kind: 'exp' }) : c.binary('pow', c.scalar('float32', base), x);
}

/** log(scale·x + shift), to a base */
function logarithm(c: NcnnContext): string {
  const base = c.float(0, NATURAL);
  const y = c.one('Unary', [shifted(c)], { kind: 'log' });
  return base === NATURAL ? y : c.binary('mul', y, c.scalar('float32', 1 / Math.log(base)));
}

/** (scale·x + shift)^power */
function power(c: NcnnContext): string {
  const exponent = c.float(0, 1);
  const x = shifted(c);
  return exponent === 1 ? x : c.binary('pow', x, c.scalar('float32', exponent));
}

/** 1 where x is greater, else 0 */
function threshold(c: NcnnContext): string {
  return above(c, c.input(), c.float(0, 0));
}

/** Numbers beyond a distance from 0 moved towards it. */
function shrink(c: NcnnContext): string {
  const [bias, distance] = [c.scalar('float32', c.float(0, 0)), c.float(1, 0.5)];
  const x = c.input();
  const down = c.one('Where', [c.binary('greater', x, c.scalar('float32', distance)), c.binary('sub', x, bias), x], {});
  return c.one('Where', [c.binary('less', x, c.scalar('float32', -distance)), c.binary('add', x, bias), down], {});
}

/** The first half of an axis, each number times the sigmoid of its counterpart in the second. */
function gatedLinear(c: NcnnContext): string {
  const x = c.input();
  const axis = c.dims(x) === 1 ? 1 : c.axisOf(x, c.int(0, 0));
  const [value = '', gate = ''] = c.many('Split', [x], { axis, sizes: [] }, 2);
  return c.binary('mul', value, c.activate(gate, { kind: 'sigmoid', alpha: 0, beta: 0 }));
}

/** Sums of all up to each number along an axis. */
function cumulativeSum(c: NcnnContext): string {
  const x = c.input();
  const axis = c.dims(x) === 1 ? 1 : c.axisOf(x, c.int(0, 0));
  return c.one('CumSum', [x], { axis, exclusive: false, reverse: false });
}

/** With erf, or by its approximation. */
function gelu(c: NcnnContext): string {
  return c.activate(c.input(), { kind: c.flag(0) ? 'geluTanh' : 'gelu', alpha: 0, beta: 0 });
}

/** Functions. */
export const FUNCTIONS = {
  AbsVal: unary('abs'),
  Erf: unary('erf'),
  Exp: exponential,
  Log: logarithm,
  Power: power,
  Threshold: threshold,
  Shrink: shrink,
  GELU: gelu,
  GLU: gatedLinear,
  BNLL: (c) => c.activate(c.input(), { kind: 'softplus', alpha: 0, beta: 0 }),
  CumulativeSum: cumulativeSum,
} satisfies Record<string, NcnnTranslation>;
