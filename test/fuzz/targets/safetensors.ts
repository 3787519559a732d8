/** safetensors files. */
import { tensorOf } from '../../../src/core/tensor.ts';
import { safetensorsImporter } from '../../../src/formats/safetensors/index.ts';
import { encodeSafetensors, safetensorsOf } from '../../helpers/safetensors-bytes.ts';
import { mutateJson } from '../mutate/json.ts';
import type { Mutator } from '../mutate/bytes.ts';
import { typed, type FuzzTarget } from '../target.ts';

const onHeader: Mutator = (input, dice) => {
  const length = input.length < 8 ? 0 : Number(new DataView(input.buffer, input.byteOffset).getBigUint64(0, true));
  const header = new TextDecoder().decode(input.subarray(8, 8 + length));
  return safetensorsOf(mutateJson(header, dice), input.subarray(8 + length));
};

/** The target. */
export const safetensors: FuzzTarget = {
  seeds: [
    encodeSafetensors({
      a: tensorOf('float32', [2, 2], [1, 2, 3, 4]),
      b: tensorOf('int64', [3], [1, 2, 3]),
      c: tensorOf('float16', [0], []),
      d: tensorOf('bool', [], [1]),
    }),
    encodeSafetensors({}),
  ],
  mutators: [onHeader],
  run: (bytes) =>
    typed(() =>
      safetensorsImporter.load({ main: { name: 'x', bytes }, read: () => Promise.reject(new TypeError('no file')) }),
    ),
};
