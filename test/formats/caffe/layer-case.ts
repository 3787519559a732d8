/** A small network of one of Caffe's layers, and what plain loops make of its inputs. */
import { tensorOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

/** A network of a layer or two behind its inputs. */
export interface LayerCase {
  /** Shapes of the inputs, which are called `a`, `b` …. */
  readonly inputs: readonly Shape[];
  /** The layers' text; the layer in question is called `l`. */
  readonly text: string;
  /** Shapes of the blobs of `l`, filled with random numbers, or the blobs. */
  readonly blobs?: readonly (Shape | Tensor)[];
  /** The results, in the order of their names. */
  readonly expected: (inputs: readonly Tensor[], blobs: readonly Tensor[]) => readonly Tensor[];
}

/** What stands for a blob that is always there. */
export const none = tensorOf('float32', [], [0]);

/** The layer `l` of a type, with its parameters, from the first inputs to `y`. */
export function layer(type: string, param = '', { bottoms = ['a'], tops = ['y'] } = {}): string {
  const blobs = [...bottoms.map((b) => `bottom: "${b}"`), ...tops.map((t) => `top: "${t}"`)];
  return `layer { name: "l" type: "${type}" ${blobs.join(' ')} ${param} }`;
}

/** A case of one blob that goes in and one that comes out. */
export function one(
  type: string,
  param: string,
  shape: Shape,
  expected: (x: Tensor, blobs: readonly Tensor[]) => Tensor,
  blobs: readonly (Shape | Tensor)[] = [],
): LayerCase {
  return { inputs: [shape], text: layer(type, param), blobs, expected: ([x = none], given) => [expected(x, given)] };
}

/** What a case is fed and what its layer's blobs are: the same numbers every time. */
export function tensorsOf({ inputs, blobs = [] }: LayerCase): { readonly inputs: Tensor[]; readonly blobs: Tensor[] } {
  const random = randomSource(17);
  const filled = (shape: Shape): Tensor => randomTensor('float32', shape, random);
  return { inputs: inputs.map(filled), blobs: blobs.map((blob) => ('data' in blob ? blob : filled(blob))) };
}

/** Names of the inputs. */
export function inputNames({ inputs }: LayerCase): string[] {
  return inputs.map((_, i) => 'abc'.charAt(i));
}

/** The text of a case's network. Its inputs have `more` of all extents but that of channels: what a file says of those is no rule. */
export function textOf(layers: LayerCase, more = 0): string {
  const names = inputNames(layers);
  const shapes = layers.inputs.map((shape, i) => {
    const dims = shape.map((extent, axis) => `dim: ${axis === 1 ? extent : extent + more}`).join(' ');
    return `layer { name: "in${i}" type: "Input" top: "${names[i]}" input_param { shape { ${dims} } } }`;
  });
  return [...shapes, layers.text].join('\n');
}
