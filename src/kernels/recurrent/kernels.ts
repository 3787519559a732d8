/** The kernels of an operator that is a recurrent network. */
import type { CellSpec } from '../../../shaders/lib/recurrent.ts';
import { FLOATS } from '../../core/dtype.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { variant, type Dispatched, type LowerContext, type Variant } from '../definition.ts';
import { PRODUCT_PARTS } from '../product/parts.ts';
import { recurrentPlan, type RecurrentCall, type RecurrentOp, type RecurrentPlan } from './plan.ts';
import { residentCalls, residentTile } from './resident.ts';
import { sequenceCalls, sequenceTile } from './sequence.ts';
import { stepCalls, stepTile } from './steps.ts';

/**
 * Steps from which on loading the weights into lanes pays: it takes as long as two steps that load them (64 and 128 units on
 * lavapipe).
 */
const LEAST_RESIDENT = 3;

/** Kernels of nodes whose cell `cellOf` gives. */
export function recurrentKernels<K extends RecurrentOp>(cellOf: (context: LowerContext<K>) => CellSpec): Dispatched<K> {
  /** A variant by how its workgroups share out invocations, if it applies, and its dispatches. */
  const form = <T>(
    name: string,
    tileFor: (plan: RecurrentPlan, device: DeviceProfile) => T | undefined,
    calls: (context: LowerContext<K>, plan: RecurrentPlan, tile: T) => readonly RecurrentCall[],
  ): Variant<K> =>
    variant(
      name,
      (context) => {
        const plan = recurrentPlan(context, cellOf(context));
        const tile = tileFor(plan, context.device);
        return tile && { plan, tile };
      },
      (context, { plan, tile }) => (plan.states === 0 ? [] : calls(context, plan, tile)),
    );
  return {
    kind: 'dispatch',
    variants: [
      form('resident', residentTile, residentCalls),
      form('sequence sliced', (plan, device) => sequenceTile(plan, true, device), sequenceCalls),
      form('sequence', (plan, device) => sequenceTile(plan, false, device), sequenceCalls),
      form('steps sliced', (plan) => stepTile(plan, true), stepCalls),
      form('steps', (plan) => stepTile(plan, false), stepCalls),
    ],
    preferred: ({ inputs, device }) => {
      const steps = inputs[0]?.shape[0] ?? 0;
      // The units of one step are shared out among workgroups.
      const once = steps === 1;
      // Lanes of a software adapter take turns: sharing a sum among them is only more work.
      if (device.adapterClass !== 'software') return once ? ['steps sliced', 'steps'] : [];
      if (once) return ['steps'];
      return [...(steps < LEAST_RESIDENT ? [] : ['resident']), 'sequence', 'steps'];
    },
    inputs: [{ dtypes: FLOATS, storage: ['f16'] }, { storage: ['f16'] }, {}],
    outputs: {},
    parts: PRODUCT_PARTS,
  };
}
