/** What the kernels of pools are given. */

/** Parameters of `pool` and of `largest`. A unit is a block of channels of a row of the result. */
@unmanaged
export class PoolWindow {
  /** `[N, height, width, channels]` */
  x: usize;
  /** `[N, outHeight, outWidth, channels]` */
  y: usize;
  height: i32;
  width: i32;
  /** Bytes of the channels of a pixel. */
  pixel: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** Extents with the pads that a mean counts; 0 where it counts none. */
  countedHeight: i32;
  countedWidth: i32;
  /** Bytes of a block: a multiple of 64, but for the last. */
  block: i32;
  /** 0: the mean; 1: the largest, of floats; from 2 on of int8, uint8, int16, uint16, int32, uint32. */
  kind: i32;
}
