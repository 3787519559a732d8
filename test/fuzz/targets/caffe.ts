/** Caffe's networks: the text of each, a zero byte, and the weights that lie beside it. */
import { LoadError } from '../../../src/core/errors.ts';
import { encodeCaffemodel } from '../../helpers/caffe-models.ts';
import { LAYER_CASES } from '../../formats/caffe/cases.ts';
import { DETECT_CASES } from '../../formats/caffe/detect-cases.ts';
import {
  MORE_FUNCTION_CASES,
  REARRANGE_CASES,
  RESAMPLE_CASES,
  STATISTICS_CASES,
  type FurtherCase,
} from '../../formats/caffe/further-cases.ts';
import { tensorsOf, textOf, type LayerCase } from '../../formats/caffe/layer-case.ts';
import { join, type Mutator } from '../mutate/bytes.ts';
import { mutatePrototxt } from '../mutate/prototxt.ts';
import { PROTOBUF_MUTATORS } from '../mutate/protobuf.ts';
import type { FuzzTarget } from '../target.ts';
import { inspectModel } from './inspect.ts';

const utf8 = new TextEncoder();
const ZERO = Uint8Array.of(0);

/** The text and the weights of an input. */
function parts(input: Uint8Array): readonly [text: Uint8Array, weights: Uint8Array] {
  const at = input.indexOf(0);
  return at < 0 ? [input, new Uint8Array()] : [input.subarray(0, at), input.subarray(at + 1)];
}

function seedOf(layers: LayerCase): Uint8Array {
  const { blobs } = tensorsOf(layers);
  return join(utf8.encode(textOf(layers)), ZERO, encodeCaffemodel({ l: blobs }));
}

const FURTHER_CASES = {
  ...MORE_FUNCTION_CASES,
  ...REARRANGE_CASES,
  ...RESAMPLE_CASES,
  ...STATISTICS_CASES,
  ...DETECT_CASES,
};

function seedOfFurther({ text, inputs, blobs = [] }: FurtherCase): Uint8Array {
  const declared = inputs.map(({ shape }, i) => {
    const dims = shape.map((extent) => `dim: ${extent}`).join(' ');
    return `input: "${'abcd'.charAt(i)}" input_shape { ${dims} }`;
  });
  return join(utf8.encode([...declared, text].join('\n')), ZERO, encodeCaffemodel({ l: blobs }));
}

const onText: Mutator = (input, dice) => {
  const [text, weights] = parts(input);
  return join(utf8.encode(mutatePrototxt(new TextDecoder().decode(text), dice)), ZERO, weights);
};

const onWeights: Mutator = (input, dice, others) => {
  const [text, weights] = parts(input);
  return join(text, ZERO, dice.pick(PROTOBUF_MUTATORS)(weights, dice, others));
};

/** Layers of two networks, one behind the other. */
const together: Mutator = (input, dice, others) => {
  const [[text, weights], [more]] = [parts(input), parts(dice.pick(others))];
  return join(text, more, ZERO, weights);
};

/** The target. */
export const caffe: FuzzTarget = {
  seeds: [
    ...Object.values(LAYER_CASES).flatMap((cases) => Object.values(cases).map(seedOf)),
    ...Object.values(FURTHER_CASES).map(seedOfFurther),
  ],
  mutators: [onText, onText, onText, onText, onWeights, together],
  run: (bytes, settings) => {
    const [text, weights] = parts(bytes);
    const read = (file: string): Promise<Uint8Array> =>
      file === 'net.caffemodel'
        ? Promise.resolve(weights)
        : Promise.reject(new LoadError('there is no such file', { file }));
    return inspectModel({ main: { name: 'net.prototxt', bytes: text }, read }, settings);
  },
};
