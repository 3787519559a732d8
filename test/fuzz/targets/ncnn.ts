/** ncnn's networks: a param file, as text or in binary, a mark, and the weights that lie beside it. */
import { LoadError } from '../../../src/core/errors.ts';
import { linesOf } from '../../helpers/ncnn-case.ts';
import { ncnnBin, ncnnText } from '../../helpers/ncnn-net.ts';
import { ncnnParamBin } from '../../helpers/ncnn-param-bin.ts';
import { NCNN_CASES } from '../../formats/ncnn/cases/index.ts';
import type { Dice } from '../dice.ts';
import { join, type Mutator } from '../mutate/bytes.ts';
import { mutateParam } from '../mutate/param.ts';
import type { FuzzTarget } from '../target.ts';
import { inspectModel } from './inspect.ts';

const utf8 = new TextEncoder();

/** Stands between the files of an input: no text has it, and hardly any weights. */
const MARK = Uint8Array.of(0, 0xfe, 0xff, 0);

/** The two files of an input. */
function parts(input: Uint8Array): readonly [param: Uint8Array, weights: Uint8Array] {
  const at = input.findIndex((_, i) => MARK.every((byte, j) => input[i + j] === byte));
  return at < 0 ? [input, new Uint8Array()] : [input.subarray(0, at), input.subarray(at + MARK.length)];
}

const seeds = NCNN_CASES.flatMap((own, i) => {
  const [lines, weights] = [linesOf(own), ncnnBin(own.weights ?? [])];
  // One in four is in binary.
  const param = i % 4 === 0 ? ncnnParamBin(lines) : utf8.encode(ncnnText(lines));
  return [join(param, MARK, weights)];
});

const isText = (param: Uint8Array): boolean => param[0] === 0x37;

const onText: Mutator = (input, dice, others) => {
  const [param, weights] = parts(input);
  if (!isText(param)) return onWords(input, dice);
  const [other] = parts(dice.pick(others));
  const text = (bytes: Uint8Array): string => (isText(bytes) ? new TextDecoder().decode(bytes) : '');
  return join(utf8.encode(mutateParam(text(param), text(other), dice)), MARK, weights);
};

/** A word of a file in binary becomes another small number, or one at an end. */
function onWords(input: Uint8Array, dice: Dice): Uint8Array {
  const [param, weights] = parts(input);
  const copy = param.slice();
  const words = Math.floor(copy.length / 4);
  if (words < 2) return input;
  new DataView(copy.buffer).setInt32(4 * dice.int(1, words - 1), dice.extent() | 0, true);
  return join(copy, MARK, weights);
}

const onWeights: Mutator = (input, dice) => {
  const [param, weights] = parts(input);
  const kept = weights.subarray(0, dice.int(0, weights.length));
  return join(param, MARK, dice.chance(0.5) ? kept : join(weights, dice.bytes(dice.int(1, 40))));
};

/** The target. */
export const ncnn: FuzzTarget = {
  seeds,
  mutators: [onText, onText, onText, onText, onWeights],
  run: (bytes, settings) => {
    const [param, weights] = parts(bytes);
    const read = (file: string): Promise<Uint8Array> =>
      file === 'net.bin' ? Promise.resolve(weights) : Promise.reject(new LoadError('there is no such file', { file }));
    return inspectModel({ main: { name: 'net.param', bytes: param }, read }, settings);
  },
};
