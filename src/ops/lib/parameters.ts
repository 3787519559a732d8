/** Parameters of operators that broadcast: what is one value per channel. */
import type { Shape } from '../../core/tensor.ts';
import type { InputDescs, Parameter } from '../definition.ts';

/** The only dimension of more than one element; undefined when there are none or several. */
export function vectorAxis(shape: Shape): number | undefined {
  const [axis, ...others] = shape.flatMap((extent, i) => (extent > 1 ? [i] : []));
  return others.length === 0 ? axis : undefined;
}

/** The operands that are vectors, each a parameter of this role: scalars and whole maps of numbers are none. */
export function vectorParameters(inputs: InputDescs, role: Parameter['role']): Parameter[] {
  return inputs.flatMap((input, slot) => {
    const channels = input && vectorAxis(input.shape);
    return channels === undefined ? [] : [{ slot, role, channels }];
  });
}
