/** The kernels of an operator that is a recurrent network. */
import type { CellSpec } from '../../../shaders/lib/recurrent.ts';
import { FLOATS } from '../../core/dtype.ts';
import { variant, type Dispatched, type LowerContext } from '../definition.ts';
import { PRODUCT_PARTS } from '../product/parts.ts';
import { recurrentPlan, type RecurrentOp } from './plan.ts';
import { sequenceCalls, sequenceTile } from './sequence.ts';
import { stepCalls, stepTile } from './steps.ts';

/** Kernels of nodes whose cell `cellOf` gives. */
export function recurrentKernels<K extends RecurrentOp>(cellOf: (context: LowerContext<K>) => CellSpec): Dispatched<K> {
  const sequence = (name: string, sliced: boolean): Dispatched<K>['variants'][number] =>
    variant(
      name,
      (context) => {
        const plan = recurrentPlan(context, cellOf(context));
        const tile = sequenceTile(plan, sliced, context.device);
        return tile && { plan, tile };
      },
      (context, { plan, tile }) => (plan.states === 0 ? [] : sequenceCalls(context, plan, tile)),
    );
  const steps = (name: string, sliced: boolean): Dispatched<K>['variants'][number] =>
    variant(
      name,
      (context) => {
        const plan = recurrentPlan(context, cellOf(context));
        const tile = stepTile(plan, sliced);
        return tile && { plan, tile };
      },
      (context, { plan, tile }) => (plan.states === 0 ? [] : stepCalls(context, plan, tile)),
    );
  return {
    kind: 'dispatch',
    variants: [
      sequence('sequence sliced', true),
      sequence('sequence', false),
      steps('steps sliced', true),
      steps('steps', false),
    ],
    preferred: ({ inputs, device }) => {
      // The units of one step are shared out among workgroups.
      const once = inputs[0]?.shape[0] === 1;
      // Lanes of a software adapter take turns: sharing a sum among them is only more work.
      if (device.adapterClass === 'software') return once ? ['steps'] : ['sequence', 'steps'];
      return once ? ['steps sliced', 'steps'] : [];
    },
    inputs: [{ dtypes: FLOATS, storage: ['f16'] }, { storage: ['f16'] }, {}],
    outputs: {},
    parts: PRODUCT_PARTS,
  };
}
