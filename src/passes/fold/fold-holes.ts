/**
 * Kernels whose weights other than zero lie on a lattice become small dilated ones: tf2onnx, among others, writes a dilated
 * 3×3 as a 9×9 of which eight in nine weights are zero. A zero weight then meets no element, not even an infinite one.
 */
import { tensor, type Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { at, most, product, range, stridesOf } from '../../util/arrays.ts';
import { rewrite, type Rewriter } from '../lib/rewriter.ts';

/** The taps of a kernel that are kept along one dimension: `count` of them from `first` on, `step` apart. */
interface Lattice {
  readonly extent: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** The graph with the zeros taken out of the constant kernels of its convolutions, and their dilations raised instead. */
export function foldHoles(graph: Graph): Graph {
  return rewrite(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  if (node.op !== 'Conv' || node.attributes.padMode !== 'explicit') return undefined;
  const weights = rewriter.constant(node.inputs[1]);
  const lattices = weights && latticesOf(weights, node);
  if (!weights || !lattices?.some(({ count, extent }) => count < extent)) return undefined;
  const { pads, dilations } = node.attributes;
  const before = lattices.map(({ first }, i) => at(pads, i) - first * at(dilations, i));
  const after = lattices.map(({ extent, first, step, count }, i) => {
    return at(pads, i + lattices.length) - (extent - 1 - first - step * (count - 1)) * at(dilations, i);
  });
  const attributes = {
    ...node.attributes,
    pads: [...before, ...after],
    dilations: lattices.map(({ step }, i) => step * at(dilations, i)),
  };
  const name = rewriter.addConstant(`${at(node.outputs, 0)}_kernel`, without(weights, lattices));
  return rewriter.add('Conv', [at(node.inputs, 0), name, ...node.inputs.slice(2)], attributes, node);
}

/** The lattice of each spatial dimension; undefined where all weights are zero. */
function latticesOf({ shape, data }: Tensor, { attributes }: NodeOf<'Conv'>): Lattice[] | undefined {
  const kernel = shape.slice(0, -2);
  const size = product(shape.slice(-2));
  const isUsed = (tap: number): boolean => data.subarray(tap * size, (tap + 1) * size).some((w) => w !== 0);
  const used = range(product(kernel)).filter(isUsed);
  if (used.length === 0) return undefined;
  const strides = stridesOf(kernel);
  return kernel.map((extent, i) => {
    const positions = used.map((tap) => Math.floor(tap / at(strides, i)) % extent);
    const room = [i, i + kernel.length].map((side) =>
      Math.floor(at(attributes.pads, side) / at(attributes.dilations, i)),
    );
    return latticeOf(positions, extent, room);
  });
}

/** The widest-spaced lattice through these positions. Zeros at either end go where the pads have `room` to be cut. */
function latticeOf(positions: readonly number[], extent: number, [before = 0, after = 0]: readonly number[]): Lattice {
  const [low, high] = [-most(positions.map((p) => -p)), most(positions)];
  const apart = positions.reduce((gcd, position) => greatestDivisor(gcd, position - low), 0);
  const none: Lattice = { extent, first: 0, step: 1, count: extent };
  // One position has neighbours at any distance: without any, where that can be.
  if (apart === 0) return low <= before && extent - 1 - low <= after ? { ...none, first: low, count: 1 } : none;
  const first = low <= before ? low : low % apart;
  const last = extent - 1 - high <= after ? high : high + Math.floor((extent - 1 - high) / apart) * apart;
  const fits = first <= before && extent - 1 - last <= after;
  return fits ? { extent, first, step: apart, count: (last - first) / apart + 1 } : none;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** The weights on the lattice. */
function without({ dtype, shape, data }: Tensor, lattices: readonly Lattice[]): Tensor {
  const strides = stridesOf(shape.slice(0, -2));
  const size = product(shape.slice(-2));
  const taps = lattices.reduce<number[]>(
    (found, { first, step, count }, i) =>
      found.flatMap((tap) => range(count).map((k) => tap + (first + k * step) * at(strides, i))),
    [0],
  );
  const kept = data.slice(0, taps.length * size);
  taps.forEach((tap, i) => kept.set(data.subarray(tap * size, (tap + 1) * size), i * size));
  return tensor(dtype, [...lattices.map(({ count }) => count), ...shape.slice(-2)], kept);
}
