/** Weights as PyTorch stores them, laid out for the graph, which has channels last. */
import type { Shape, Tensor } from '../src/core/tensor.ts';

/** `[out, in, kH, kW]` → `[kH, kW, in, out]`. */
export function channelsLastKernel({ dtype, shape, data }: Tensor): Tensor {
  const [out = 0, inC = 0, kH = 0, kW = 0] = shape;
  const moved = new Float32Array(data.length);
  let from = 0;
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < inC; i++) {
      for (let k = 0; k < kH * kW; k++) moved[(k * inC + i) * out + o] = data[from++] ?? 0;
    }
  }
  return { dtype, shape: [kH, kW, inC, out], data: moved };
}

/** `[out, C·pixels]` → `[out, pixels·C]`: each row a plane of channels instead of a channel of planes. */
export function channelsLastRows({ dtype, shape, data }: Tensor, pixels: number): Tensor {
  const [out = 0, length = 0] = shape;
  const channels = length / pixels;
  const moved = new Float32Array(data.length);
  let to = 0;
  for (let o = 0; o < out; o++) {
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c++) moved[to++] = data[o * length + c * pixels + p] ?? 0;
    }
  }
  return { dtype, shape, data: moved };
}

/** `[in, out, kH, kW]` → `[kH, kW, in, out]`. */
export function spreadKernel({ dtype, shape, data }: Tensor): Tensor {
  const [inC = 0, out = 0, kH = 0, kW = 0] = shape;
  const moved = new Float32Array(data.length);
  const laid: Shape = [kH, kW, inC, out];
  for (let pair = 0; pair < inC * out; pair++) {
    for (let k = 0; k < kH * kW; k++) moved[k * inC * out + pair] = data[pair * kH * kW + k] ?? 0;
  }
  return { dtype, shape: laid, data: moved };
}
