/** QLinearPRelu: integers that keep their sign are rescaled, the others multiplied by a slope that broadcasts. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText } from '../../core/tensor.ts';
import { fixed, rescale } from '../../ir/quantise/multipliers.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { zipTensors } from '../lib/elementwise.ts';
import { vectorAxis } from '../lib/parameters.ts';
import { centred, quantisedOperand, quantisedResult, scalarAt, within, TWO_OPERANDS } from '../lib/quantised.ts';

/** Keeps the shape of x. Throws ShapeError where the slope does not broadcast to it. */
export const qLinearPRelu: OpDefinition<'QLinearPRelu'> = {
  infer: (_node, inputs) => {
    const [x, slope] = [quantisedOperand(inputs, 0), quantisedOperand(inputs, 3)];
    if (!sameArray(broadcastShapes(x.shape, slope.shape), x.shape)) {
      throw new ShapeError(`a slope of ${shapeText(slope.shape)} does not broadcast to ${shapeText(x.shape)}`);
    }
    return [quantisedResult(inputs, 6, x.shape)];
  },
  reference: ({ attributes }, inputs, outputs) => {
    const [sx, ss, sy, zeroPoint] = [1, 4, 6, 7].map((index) => scalarAt(inputs, index)) as [
      number,
      number,
      number,
      number,
    ];
    const [kept, sloped] = [fixed('twice', [sx / sy]), fixed('twice', [(sx * ss) / sy])];
    const output = at(outputs, 0);
    return [
      zipTensors(centred(inputs, 0), centred(inputs, 3), output, (x, slope) =>
        within((x >= 0 ? rescale(kept, x) : rescale(sloped, x * slope)) + zeroPoint, attributes.range),
      ),
    ];
  },
  parameters: (_node, inputs) => [{ slot: 3, role: 'scale', channels: vectorAxis(inputs[3]?.shape ?? []) }],
  quantised: TWO_OPERANDS,
};
