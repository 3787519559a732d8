/** Normalisations that onnxruntime has beside ONNX's: with what is added before, and by groups of the last dimension. */
import { groupNorm, layerNorm, rmsNorm } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';
import { axesFrom, likeInput, statistics } from './further.ts';

/** Outputs up to the last that is read. */
function wanted(n: OnnxNode, outputs: readonly string[]): string[] {
  return outputs.filter((_, i) => i === 0 || outputs.some((__, later) => later >= i && n.wants(later)));
}

/** The sum of input, skip and a bias that may be absent: what is normalised, and the last output. */
function sumOf(n: OnnxNode, biasAt: number): string {
  const sum = n.binary('add', n.input(0), n.input(1));
  const bias = n.optional(biasAt);
  return likeInput(n, bias === '' ? sum : n.binary('add', sum, bias));
}

export function skipLayerNormalization(n: OnnxNode): string[] {
  const sum = sumOf(n, 4);
  const { widened, narrowed } = statistics(n);
  const spec = {
    axes: [-1],
    epsilon: n.attr.float('epsilon', 1e-12),
    scale: widened(n.input(2)),
    bias: widened(n.optional(3)),
  };
  const { y, mean, deviation } = layerNorm(n, widened(sum), spec);
  return wanted(n, [likeInput(n, narrowed(y)), mean, n.one('Unary', [deviation], { kind: 'reciprocal' }), sum]);
}

/** Outputs 1 and 2 of the sum's root mean square: there is no mean. */
export function skipSimplifiedLayerNormalization(n: OnnxNode): string[] {
  const sum = sumOf(n, 3);
  if (n.wants(1)) n.refuse('output 1');
  const { widened, narrowed } = statistics(n);
  const { y, inverse } = rmsNorm(n, widened(sum), { axes: [-1], epsilon: n.attr.float('epsilon', 1e-12) });
  return wanted(n, [likeInput(n, narrowed(n.binary('mul', y, widened(n.input(2))))), inverse, inverse, sum]);
}

export function simplifiedLayerNormalization(n: OnnxNode): string[] {
  n.attr.ignore('stash_type');
  const axes = axesFrom(n, n.attr.int('axis', -1));
  const { widened, narrowed } = statistics(n);
  const { y, inverse } = rmsNorm(n, widened(n.input(0)), { axes, epsilon: n.attr.float('epsilon', 1e-5) });
  return wanted(n, [likeInput(n, narrowed(n.binary('mul', y, widened(n.input(1))))), inverse]);
}

/** Of images with channels last, unless it says otherwise; perhaps with SiLU. */
export function microsoftGroupNorm(n: OnnxNode): string {
  return grouped(n, n.input(0));
}

/** The same of the sum of x, skip and bias, which is output 1. A skip of two dimensions is one for each image and channel. */
export function skipGroupNorm(n: OnnxNode): string[] {
  const skip = n.rank(3) === 2 ? n.one('Unsqueeze', [n.input(3)], { axes: [1, 2] }) : n.input(3);
  const bias = n.optional(4);
  const added = n.binary('add', n.input(0), skip);
  const sum = likeInput(n, bias === '' ? added : n.binary('add', added, bias));
  if (n.attr.has('channels_last')) n.attr.only('channels_last', 1);
  return wanted(n, [grouped(n, sum), sum]);
}

function grouped(n: OnnxNode, x: string): string {
  const groups = n.attr.int('groups', 0);
  if (groups < 1) n.fail(`groups = ${groups}`);
  if (n.rank(0) !== 4) n.fail(`of an image of rank ${n.rank(0)}`);
  const last = n.attr.flag('channels_last', true);
  const activation = n.attr.int('activation', 0);
  if (activation !== 0 && activation !== 1) n.refuse(`activation = ${activation}`);
  const { widened, narrowed } = statistics(n);
  const first = last ? n.one('Transpose', [x], { perm: [0, 3, 1, 2] }) : x;
  // Scale and bias are float32, whatever x is.
  const column = (index: number): string => {
    const given = n.input(index);
    const real = n.facts(index).dtype === 'float16' ? n.one('Cast', [given], { to: 'float32' }) : given;
    return n.one('Unsqueeze', [real], { axes: [1] });
  };
  const [scale, bias] = [column(1), column(2)];
  const perChannel = (y: string): string => n.binary('add', n.binary('mul', y, scale), bias);
  const y = groupNorm(n, widened(first), { groups, epsilon: n.attr.float('epsilon', 1e-5), perChannel });
  const activated = activation === 1 ? n.activate(y, { kind: 'swish', alpha: 0, beta: 0 }) : y;
  return narrowed(last ? n.one('Transpose', [activated], { perm: [0, 2, 3, 1] }) : activated);
}
