/** Products with weights of few bits each, several to a byte, in blocks that have their own scales. */
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { tensorOf } from '../../../../core/tensor.ts';
import { range } from '../../../../util/arrays.ts';
import type { OnnxNode } from '../../node.ts';

/** How weights `[columns, rows]` lie: each column in blocks along its rows. */
interface Packing {
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  readonly block: number;
  /** Blocks of a column, the last of which may be longer than what is left of it. */
  readonly blocks: number;
}

/** a, weights `[N, blocks, bytes of a block]`, scales, zero points?, order of the rows?, bias? → a · weightsᵀ + bias. */
export function matMulNBits(n: OnnxNode): string {
  // How onnxruntime may round a: it is not rounded here.
  n.attr.ignore('accuracy_level');
  const packing = packingOf(n);
  const { rows, columns, block, blocks } = packing;
  const { dtype = 'float32' } = n.facts(0);
  const float = (x: string): string => n.one('Cast', [x], { to: dtype });
  const bytes = (block * packing.bits) / 8;
  const packed = n.one('Reshape', [n.input(1), n.ints([columns, blocks, bytes])], { allowZero: true });
  const whole = float(unpacked(n, packed, packing, [columns, blocks, block]));
  const scales = n.one('Reshape', [n.input(2), n.ints([columns, blocks, 1])], { allowZero: true });
  const real = n.binary('mul', n.binary('sub', whole, zeroPointsOf(n, packing, float)), scales);
  const lines = n.one('Reshape', [real, n.ints([columns, blocks * block])], { allowZero: true });
  const weights =
    blocks * block === rows ? lines : n.one('Slice', [lines, n.ints([0]), n.ints([rows]), n.ints([1])], {});
  const y = n.main('MatMul', [n.input(0), weights], { transA: false, transB: true, activation: NO_ACTIVATION });
  const bias = n.optional(5);
  return bias === '' ? y : n.binary('add', y, bias);
}

function packingOf(n: OnnxNode): Packing {
  const [rows, columns] = [n.attr.int('K', 0), n.attr.int('N', 0)];
  const [bits, block] = [n.attr.int('bits', 4), n.attr.int('block_size', 0)];
  if (rows < 1 || columns < 1) n.fail(`weights of ${rows} rows and ${columns} columns`);
  if (![2, 4, 8].includes(bits)) n.refuse(`bits = ${bits}`);
  if (block < 16 || (block & (block - 1)) !== 0) n.fail(`block_size = ${block}`);
  return { rows, columns, bits, block, blocks: Math.ceil(rows / block) };
}

/** Several to a byte, the first in its lowest bits, each in an element of its own; under a shape. */
function unpacked(n: OnnxNode, bytes: string, { bits }: Packing, shape: readonly number[]): string {
  const perByte = 8 / bits;
  if (perByte === 1) return bytes;
  const shifts = n.constant(
    tensorOf(
      'uint8',
      [perByte],
      range(perByte).map((i) => i * bits),
    ),
    'shifts',
  );
  const moved = n.binary('bitShiftRight', n.one('Unsqueeze', [bytes], { axes: [-1] }), shifts);
  return n.one('Reshape', [n.binary('bitAnd', moved, n.scalar('uint8', 2 ** bits - 1)), n.ints(shape)], {
    allowZero: true,
  });
}

/** Of each block, `[columns, blocks, 1]`: packed as the weights are, or numbers; half of what there is where there are none. */
function zeroPointsOf(n: OnnxNode, packing: Packing, float: (x: string) => string): string {
  const { columns, blocks, bits } = packing;
  const { dtype = 'float32' } = n.facts(0);
  const given = n.optional(3);
  if (given === '') return n.scalar(dtype, 2 ** (bits - 1));
  const type = n.facts(3).dtype ?? n.unknown(3, 'element type');
  const each = (x: string): string => n.one('Reshape', [x, n.ints([columns, blocks, 1])], { allowZero: true });
  if (type !== 'uint8') return float(each(n.input(3)));
  const perByte = 8 / bits;
  const bytes = Math.ceil(blocks / perByte);
  const packed = n.one('Reshape', [given, n.ints([columns, bytes])], { allowZero: true });
  const all = unpacked(n, packed, packing, [columns, bytes * perByte]);
  return float(each(n.one('Slice', [all, n.ints([0]), n.ints([blocks]), n.ints([1])], {})));
}
