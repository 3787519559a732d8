/** Strips that slide down an image (shaders/lib/slide.ts): which windows they take, how wide and long they are, and how many. */
import type { WindowSpec } from '../../../shaders/lib/window.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { PlanarWindow } from './window.ts';

/**
 * Widths of a strip, in pixels: where the stride is 1, and where it is more. Wide strips share less then, and two pixels
 * win on lavapipe (56×56×144, stride 2: 0.24 ms against 0.36 with four).
 */
export const SLIDE_WIDTHS = [4, 2] as const;

/** Kernels with more taps would keep too many weights in registers. */
const MOST_TAPS = 25;

/** The text has a line for each row and column of a stride. */
const WIDEST_STRIDE = 8;

/** Small workgroups spread evenly over the few cores of a software adapter; a GPU wants at least one full wave. */
const WORKGROUP = { software: 8, other: 64 };

/**
 * As many strips as give every core or compute unit something to do; longer ones read less. Two cores with 8 lanes each
 * are as fast with 256 strips as with 1024, and lose 10 % with 4096 (112×112×32, lavapipe).
 */
const LEAST_STRIPS = { software: 256, other: 32768 };

/** Whether the shaders have what this window needs. */
export function isSlidingWindow({ kernel, strides, dilations }: WindowSpec): boolean {
  const narrow = strides.every((s) => s <= WIDEST_STRIDE) && dilations.every((d) => d === 1);
  return narrow && kernel[0] * kernel[1] <= MOST_TAPS;
}

/** How wide the strips of a window are. */
export function slideWidth({ spec, params }: Pick<PlanarWindow, 'spec' | 'params'>): 2 | 4 {
  return spec.strides[1] === 1 && params.out_w > 2 ? 4 : 2;
}

/** A dispatch of strips. */
export interface Strips {
  readonly workgroup: number;
  /** Values for `SLIDE_PARAMS` (shaders/lib/slide.ts). */
  readonly params: {
    readonly count: number;
    readonly blocks: number;
    readonly strips: number;
    readonly segments: number;
    readonly rows: number;
  };
}

/** The strips of a window over so many blocks of channels: as long as leaves enough of them. */
export function slideStrips(
  window: Pick<PlanarWindow, 'batch' | 'spec' | 'params'>,
  blocks: number,
  device: DeviceProfile,
): Strips {
  const { batch, params } = window;
  return stripsOver(batch, ceilDiv(params.out_w, slideWidth(window)), params.out_h, blocks, device);
}

/** So many `images` of strips, `strips` along each row, over blocks of channels and columns `height` high. */
export function stripsOver(
  images: number,
  strips: number,
  height: number,
  blocks: number,
  { adapterClass }: DeviceProfile,
): Strips {
  const kind = adapterClass === 'software' ? 'software' : 'other';
  const wanted = ceilDiv(LEAST_STRIPS[kind], images * strips * blocks);
  const rows = ceilDiv(height, Math.min(wanted, height));
  const segments = ceilDiv(height, rows);
  return {
    workgroup: WORKGROUP[kind],
    params: { count: images * segments * strips * blocks, blocks, strips, segments, rows },
  };
}

/** A GPU has to read this much less to make up for strips being fewer than outputs. */
const LEAST_GPU_ROWS = 4;

/**
 * Whether strips are faster than one output row at a time. Software adapters gain three times
 * (56×56×144: 0.43 ms against 1.5 on lavapipe, 3.0 against 8.7 on SwiftShader).
 */
export function slidesWell({ params }: Strips, { adapterClass }: DeviceProfile): boolean {
  return adapterClass === 'software' || params.rows >= LEAST_GPU_ROWS;
}
