/** A convolution of 8-bit integers as its kernels see it, whichever operator it is; a matrix product is one of a row of pixels. */
import type { WordSource } from '../../../shaders/lib/int8.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { isPacked, type Storage } from '../../core/storage.ts';
import type { OpKind, Requantised } from '../../ir/ops.ts';
import { product } from '../../util/arrays.ts';
import { variant, type CallOperand, type KernelCall, type LowerContext, type Variant } from '../definition.ts';
import type { WeightSpec } from './int8-weights.ts';
import type { PlanarWindow } from './window.ts';

/** What the kernels read and write, and the integers that they multiply by. */
export interface QuantisedConv {
  readonly x: CallOperand;
  readonly y: CallOperand;
  readonly storage: Readonly<Record<'x' | 'y', Storage>>;
  /** x is unsigned. */
  readonly unsigned: boolean;
  readonly window: Pick<PlanarWindow, 'spec' | 'batch' | 'params'>;
  readonly group: number;
  /** Made by the kernel that is taken, which packs them its own way. */
  weights(): WeightSpec;
  /** What results are held in. */
  readonly zeroPoint: number;
  readonly range: Requantised['range'];
}

/** One way to run such a convolution. */
export interface QuantisedKernel {
  readonly name: string;
  /** The dispatches, none for an output without elements; nothing where it does not apply. */
  calls(conv: QuantisedConv, device: DeviceProfile): readonly QuantisedCall[] | undefined;
}

/** One dispatch without the name of its variant. */
export type QuantisedCall = Omit<KernelCall, 'variant'>;

/** Kernels as variants of an operator whose nodes are such convolutions, or of those that are: `convOf` gives nothing for others. */
export function quantisedVariants<K extends OpKind>(
  kernels: readonly QuantisedKernel[],
  convOf: (context: LowerContext<K>) => QuantisedConv | undefined,
): Variant<K>[] {
  return kernels.map(({ name, calls }) =>
    variant<K, readonly QuantisedCall[]>(
      name,
      (context) => {
        const conv = convOf(context);
        return conv && calls(conv, context.device);
      },
      (_, made) => made,
    ),
  );
}

/** The window of a product `[rows, depth]·[depth, columns]`: each row is a pixel. */
export function rowOfPixels(rows: number, depth: number, columns: number): QuantisedConv['window'] {
  return {
    spec: { kernel: [1, 1], strides: [1, 1], dilations: [1, 1] },
    batch: 1,
    params: { in_h: 1, in_w: rows, in_c: depth, out_h: 1, out_w: rows, out_c: columns, pad_top: 0, pad_left: 0 },
  };
}

/** Pixels of the output, of all images. */
export function pixelsOfConv({ window: { batch, params } }: QuantisedConv): number {
  return batch * params.out_h * params.out_w;
}

/** Elements of the output. */
export function resultsOfConv(conv: QuantisedConv): number {
  return pixelsOfConv(conv) * conv.window.params.out_c;
}

/** Elements of a window, of one channel. */
export function tapsOfConv({ window: { spec } }: QuantisedConv): number {
  return product(spec.kernel);
}

/** Channels that one group makes. */
export function groupOutOf({ window: { params }, group }: QuantisedConv): number {
  return params.out_c / group;
}

/** True where strips of pixels by four channels can be written: whoever writes a word writes it whole. */
export function writesWords(conv: QuantisedConv): boolean {
  return !isPacked(conv.storage.y) || groupOutOf(conv) % 4 === 0;
}

/** How a kernel reads x four channels at a time. */
export function wordSource({ storage, unsigned, window: { params }, group }: QuantisedConv): WordSource {
  const { in_c } = params;
  return { x: storage.x, aligned: in_c % 4 === 0 && (in_c / group) % 4 === 0, unsigned };
}

/** Values of what results are held in. */
export function heldIn({
  zeroPoint,
  range: [lowest, highest],
}: QuantisedConv): Readonly<Record<'zero_point' | 'lowest' | 'highest', number>> {
  return { zero_point: zeroPoint, lowest, highest };
}
