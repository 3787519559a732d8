/** Closed formulas of convolution: parameters, multiply-adds, memory access cost, what separating one saves. */
import { product } from '../util/arrays.ts';

/** One convolution without its batch. Any number of spatial dimensions. */
export interface ConvolutionShape {
  /** Extents of the kernel, h × w. */
  readonly kernel: readonly number[];
  /** Input channels c₁ and output channels n (c₂). */
  readonly inC: number;
  readonly outC: number;
  readonly group: number;
  /** Spatial extents of the output, H′ × W′. */
  readonly output: readonly number[];
  /** Spatial extents of the input, when they differ from the output's. */
  readonly input?: readonly number[];
  readonly bias: boolean;
}

/** What a convolution costs, in elements and multiply-adds. */
export interface ConvolutionCost {
  /** n·(h·w·c₁/g + 1); without the 1 when there is no bias. */
  readonly parameters: number;
  /** H′W′·n·hw·c₁/g */
  readonly multiplyAdds: number;
  /** Input + output + weights; for a pointwise convolution hw(c₁ + c₂) + c₁c₂/g (arXiv:1807.11164, eq. 1–2). */
  readonly memoryAccess: number;
}

/** The cost of one convolution on one image. */
export function convolutionCost(shape: ConvolutionShape): ConvolutionCost {
  const { kernel, inC, outC, group, output, input = output, bias } = shape;
  const perOutput = (product(kernel) * inC) / group;
  return {
    parameters: outC * (perOutput + (bias ? 1 : 0)),
    multiplyAdds: product(output) * outC * perOutput,
    memoryAccess: product(input) * inC + product(output) * outC + outC * perOutput,
  };
}

/**
 * Multiply-adds of a depthwise and a pointwise convolution over those of the one convolution they replace:
 * 1/c₂ + 1/(h·w) (arXiv:1704.04861, §3.1).
 */
export function separableRatio(kernel: readonly number[], outC: number): number {
  return 1 / outC + 1 / product(kernel);
}
