/** What integers stand behind the real numbers of a graph: looks from a value back to the DequantizeLinear that it follows from. */
import { extremesOf } from '../../core/extremes.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import { VIEWS } from '../../ir/facts.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { nearestByte, type ByteScale } from '../../ir/quantise/bytes.ts';
import { at } from '../../util/arrays.ts';
import { uniformValue } from '../lib/constants.ts';
import { fullPerm } from '../lib/permutation.ts';
import type { Rewriter } from '../lib/rewriter.ts';

/** A value of 8-bit integers, all of one scale. */
export interface Integers extends ByteScale {
  readonly value: string;
}

/** Constant weights with a scale and a zero point for each position of an axis: names of values. */
export interface ChannelIntegers {
  readonly value: string;
  readonly scales: string;
  readonly zeroPoints: string;
  readonly axis: number;
}

/** What takes elements from one place to another, whatever they are. */
const MOVES: ReadonlySet<Node['op']> = new Set<Node['op']>([
  ...VIEWS,
  'Transpose',
  'Slice',
  'Gather',
  'GatherND',
  'GatherElements',
  'Expand',
  'Tile',
  'ChannelShuffle',
]);

/** Finds integers, and remembers what it emitted of them. */
export class IntegerFinder {
  readonly rewriter: Rewriter;
  readonly #found = new Map<string, Integers | undefined>();
  readonly #parts = new Map<Node, readonly string[]>();

  constructor(rewriter: Rewriter) {
    this.rewriter = rewriter;
  }

  /** The one scale of such a node, as numbers; undefined where there are several, or a run finds it. */
  scaleOf(node: NodeOf<'QuantizeLinear'> | NodeOf<'DequantizeLinear'>): ByteScale | undefined {
    const [x = '', scaleName = '', zeroName = ''] = node.inputs;
    const dtype = node.op === 'QuantizeLinear' ? node.attributes.to : this.rewriter.desc(x).dtype;
    const scale = this.rewriter.constant(scaleName);
    const zero = zeroName === '' ? undefined : this.rewriter.constant(zeroName);
    if (scale?.data.length !== 1 || (zeroName !== '' && zero?.data.length !== 1)) return undefined;
    if ((dtype !== 'int8' && dtype !== 'uint8') || scale.dtype !== 'float32') return undefined;
    const size = at(scale.data, 0);
    return size > 0 && size < Infinity ? { dtype, scale: size, zeroPoint: zero ? at(zero.data, 0) : 0 } : undefined;
  }

  /** The integers that a value of real numbers is, brought to where they are. */
  integersOf(value: string): Integers | undefined {
    const name = this.rewriter.resolve(value);
    if (!this.#found.has(name)) this.#found.set(name, this.#look(name));
    return this.#found.get(name);
  }

  #look(name: string): Integers | undefined {
    const node = this.rewriter.producer(name);
    if (node?.op === 'DequantizeLinear') {
      const scale = this.scaleOf(node);
      return scale && { ...scale, value: at(node.inputs, 0) };
    }
    if (node?.op === 'Split') return this.#part(node, name);
    if (!node || !this.moves(node)) return undefined;
    const before = this.integersOf(at(node.inputs, 0));
    if (!before) return undefined;
    const value = this.moved(node, before.value, before, true);
    return value === undefined ? undefined : { ...before, value };
  }

  /** One of the parts that integers are split into: all come of one node. */
  #part(node: NodeOf<'Split'>, name: string): Integers | undefined {
    const before = this.integersOf(at(node.inputs, 0));
    if (!before) return undefined;
    const known = this.#parts.get(node);
    const outputs = known ?? node.outputs.map((output) => output && this.rewriter.unique(`${output}_integers`));
    if (!known) {
      this.rewriter.add(node.op, [before.value, ...node.inputs.slice(1)], node.attributes, { outputs });
      this.#parts.set(node, outputs);
    }
    return { ...before, value: at(outputs, node.outputs.indexOf(name)) };
  }

  /** True of an operator that gives elements it takes, or the largest of some: it does the same with integers. */
  moves(node: Node): boolean {
    if (node.outputs.length !== 1 || node.outputs[0] === '') return false;
    if (node.op === 'Resize') return node.attributes.mode === 'nearest' && !node.inputs[3];
    return MOVES.has(node.op) || node.op === 'MaxPool' || (node.op === 'Pad' && node.inputs.length < 4);
  }

  /**
   * Such an operator on integers in place of real numbers. Where `exactly`, its padding has to be a number that an integer
   * stands for, or there is none.
   */
  moved(node: Node, integers: string, scale: ByteScale, exactly: boolean): string | undefined {
    const [, ...others] = node.inputs;
    if (node.op === 'Pad' && node.attributes.mode === 'constant') {
      const [pads = '', fill = ''] = others;
      const real = fill === '' ? 0 : uniformValue(this.rewriter.constant(fill));
      const step = real === undefined ? undefined : nearestByte(scale, real);
      if (step === undefined || (exactly && Math.fround(scale.scale * (step - scale.zeroPoint)) !== real))
        return undefined;
      const constant = this.rewriter.addConstant(`${integers}_fill`, tensorOf(scale.dtype, [], [step]));
      return this.rewriter.one(node.op, [integers, pads, constant], node.attributes);
    }
    return this.rewriter.one(node.op, [integers, ...others], node.attributes);
  }

  /** Constant weights with scales of channels, transposed as they are read. */
  channelsOf(value: string): ChannelIntegers | undefined {
    const node = this.rewriter.producer(value);
    if (node?.op === 'Transpose') {
      const before = this.channelsOf(at(node.inputs, 0));
      if (!before) return undefined;
      const perm = fullPerm(node.attributes.perm, this.rewriter.desc(at(node.inputs, 0)).shape.length);
      const moved = this.rewriter.one('Transpose', [before.value], { perm });
      return { ...before, value: moved, axis: perm.indexOf(before.axis) };
    }
    if (node?.op !== 'DequantizeLinear' || node.attributes.blockSize > 0) return undefined;
    const [x = '', scales = '', zero = ''] = node.inputs;
    const { dtype, shape } = this.rewriter.desc(x);
    const found = this.rewriter.constant(scales);
    if (!this.rewriter.constant(x) || (dtype !== 'int8' && dtype !== 'uint8')) return undefined;
    if (found?.shape.length !== 1 || found.dtype !== 'float32' || (zero !== '' && !this.rewriter.constant(zero)))
      return undefined;
    const none = (): string =>
      this.rewriter.addConstant(
        `${x}_zeros`,
        tensorOf(
          dtype,
          found.shape,
          found.data.map(() => 0),
        ),
      );
    const axis = (node.attributes.axis + shape.length) % shape.length;
    return { value: x, scales, zeroPoints: zero === '' ? none() : zero, axis };
  }

  /** The numbers of a constant, which may be made of integers: before they are rounded, as they may be brought to another scale. */
  constantOf(value: string): (Pick<Tensor, 'dtype' | 'shape'> & { readonly data: ArrayLike<number> }) | undefined {
    const plain = this.rewriter.constant(value);
    const node = plain ? undefined : this.rewriter.producer(value);
    if (node?.op !== 'DequantizeLinear') return plain;
    const [x, scale, zero] = node.inputs.map((name) => this.rewriter.constant(name));
    if (!x || !scale || (node.inputs[2] && !zero)) return undefined;
    if (scale.data.length !== 1 && (x.shape.length !== 1 || scale.data.length !== x.data.length)) return undefined;
    return {
      dtype: 'float32',
      shape: x.shape,
      data: Array.from(x.data, (v, i) => (v - numberAt(zero, i)) * numberAt(scale, i)),
    };
  }

  /** Constants of a scale and a zero point. */
  affine({ dtype, scale, zeroPoint }: ByteScale): [string, string] {
    return [
      this.rewriter.addConstant('scale', tensorOf('float32', [], [scale])),
      this.rewriter.addConstant('zero_point', tensorOf(dtype, [], [zeroPoint])),
    ];
  }

  /** An operand's integers with their scale and zero point. */
  operand(integers: Integers): [string, string, string] {
    return [integers.value, ...this.affine(integers)];
  }
}

/** The number of a channel, or the only one; 0 where there is none. */
function numberAt(of: Tensor | undefined, channel: number): number {
  return of?.data[of.data.length === 1 ? 0 : channel] ?? 0;
}

/** The integers that results are to be. */
export interface Target extends ByteScale {
  readonly range: readonly [number, number];
}

/** All integers of the type. */
export function wholeTarget(scale: ByteScale): Target {
  return { ...scale, range: extremesOf(scale.dtype) };
}
