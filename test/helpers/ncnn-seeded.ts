/** Weights of seeded numbers for networks of ncnn that have none: of such scales that signals neither vanish nor overflow. */
import { readFileSync } from 'node:fs';
import { tensorOf, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { graphOf } from '../../src/formats/ncnn/import.ts';
import type { NcnnLayer } from '../../src/formats/ncnn/net.ts';
import { parseParam } from '../../src/formats/ncnn/param.ts';
import type { NcnnWeights, WeightPlace } from '../../src/formats/ncnn/weights.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { product } from '../../src/util/arrays.ts';
import { randomSource, randomTensor } from './random.ts';

/** The root of the mean square of integers from −127 to 127. */
const INTEGER_SPREAD = 73;

/** Integers stand for numbers of about ±4. */
const INTEGER_SCALE = 32;

/** The parameter of a layer that says its activation. */
const ACTIVATION = 9;

/**
 * The same numbers every time. Weights have the variance 2 over the number of inputs where an activation takes half of the result
 * away, a fourth of that elsewhere: mostly what is added to another blob.
 */
class SeededWeights implements NcnnWeights {
  readonly #random: () => number;
  readonly #activated: ReadonlySet<string>;
  /** What the layer's weights spread about. */
  #spread = 1;

  constructor(seed: number, layers: readonly NcnnLayer[]) {
    this.#random = randomSource(seed);
    this.#activated = new Set(layers.filter(({ params }) => params.has(ACTIVATION)).map(({ name }) => name));
  }

  flagged(shape: Shape, { source, what }: WeightPlace, kind: 'float32' | 'int8' = 'float32'): Tensor {
    // Biases of recurrent layers, and what Gemm adds.
    if (what === 'bias' || what === 'C') return randomTensor('float32', shape, this.#random, -0.05, 0.05);
    const variance = this.#activated.has(source.name) ? 2 : 0.5;
    this.#spread = Math.sqrt(variance / Math.max(1, product(shape.slice(1))));
    if (kind === 'int8') return randomTensor('int8', shape, this.#random, -127, 128);
    const most = this.#spread * Math.sqrt(3);
    return randomTensor('float32', shape, this.#random, -most, most);
  }

  plain(shape: Shape, { what }: WeightPlace): Tensor {
    const count = product(shape);
    switch (what) {
      case 'scales of the weights':
        return tensorOf(
          'float32',
          shape,
          Array.from({ length: count }, () => (INTEGER_SPREAD / this.#spread) * (0.9 + 0.2 * this.#random())),
        );
      case 'scale of the input':
      case 'scale of the result':
        return tensorOf('float32', shape, [INTEGER_SCALE]);
      case 'bias':
      case 'beta':
      case 'mean':
        return randomTensor('float32', shape, this.#random, -0.05, 0.05);
      default:
        // Slopes, factors, variances.
        return randomTensor('float32', shape, this.#random, 0.8, 1.2);
    }
  }
}

/** Ends that leave little of what they take: of a thousand classes each has a thousandth, and of boxes there may be none. */
const ENDS: ReadonlySet<string> = new Set([
  'Softmax',
  'DetectionOutput',
  'YoloDetectionOutput',
  'Yolov3DetectionOutput',
]);

/** The network of a param file on such weights. What its ends take leaves it, too. */
export async function seededNcnn(path: string, seed = 1): Promise<Graph> {
  const { layers } = parseParam(readFileSync(path));
  const graph = await graphOf(layers, new SeededWeights(seed, layers), path);
  const ends = layers.filter(({ op, outputs }) => ENDS.has(op) && outputs.some((y) => graph.outputs.includes(y)));
  return { ...graph, outputs: [...graph.outputs, ...ends.flatMap(({ inputs }) => inputs)] };
}
