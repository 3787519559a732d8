/** LookupTable → one dispatch. */
import { lookupTableShader } from '../../../shaders/quantise/lookup-table.ts';
import { extremesOf } from '../../core/extremes.ts';
import { required, result, value, type KernelDefinition } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { BYTES, BYTES_OR_MORE } from '../lib/quantised.ts';

export const lookupTable: KernelDefinition<'LookupTable'> = {
  kind: 'dispatch',
  variants: [
    flatVariant('words', (context) => {
      const [x, table, y] = [required(context, 0), required(context, 1), result(context)];
      const [lowest] = extremesOf(x.dtype);
      return {
        shader: lookupTableShader({ x: x.storage, table: table.storage, y: y.storage }),
        operands: [...context.node.inputs, context.node.outputs[0]].map(value),
        params: { offset: -lowest },
      };
    }),
  ],
  inputs: [BYTES, {}],
  outputs: BYTES_OR_MORE,
};
