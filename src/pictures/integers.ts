/** Pictures for inputs of integers: sums that are exact, and tables of what each byte becomes. */
import { preprocessBytesShader } from '../../shaders/pictures/preprocess-bytes.ts';
import { byteTable, toByte } from '../vision/byte-table.ts';
import { EXACT_BITS, exactWeights } from '../vision/exact-weights.ts';
import type { PictureSize, Preprocessing } from '../vision/picture-spec.ts';
import { resampling, type PictureKernel, type ResamplingTables } from './resampling.ts';

/** The weights are multiples of 2^-11, but where Pillow rounds; behind them lie the bytes of red, green and blue. */
export function integerTables(size: PictureSize, spec: Preprocessing, weightsOf = exactWeights): ResamplingTables {
  const [red = 0, green = 0, blue = 0] = spec.padding?.map(toByte) ?? [];
  const tables = resampling(size, { ...spec, padding: [red, green, blue] }, weightsOf);
  const weights =
    tables.weights instanceof Int32Array ? tables.weights : tables.weights.map((w) => w * 2 ** EXACT_BITS);
  const channels = spec.channelOrder === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  const bytes = channels.flatMap((channel) => [...byteTable(spec, channel)]);
  return { ...tables, weights: Int32Array.from([...weights, ...bytes]) };
}

export const INTEGERS: PictureKernel = { shader: preprocessBytesShader, tables: integerTables };
