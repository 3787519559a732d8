/** What the kernels that walk whole sequences in one dispatch share on the host. */
import type { RecurrentSpec, SequenceOutputs } from '../../../shaders/lib/recurrent.ts';
import type { ShaderModule } from '../../../shaders/lib/module.ts';
import { dispatch1d, type LowerContext } from '../definition.ts';
import {
  cellOperands,
  directionGroups,
  inputSums,
  recurrentParams,
  recurrentSpec,
  type ArrangedInput,
  type DirectionGroup,
  type RecurrentCall,
  type RecurrentOp,
  type RecurrentPlan,
} from './plan.ts';
import { present, statesBefore } from './states.ts';

/** How one such kernel differs from another. */
interface WholeForm {
  /** r as it reads it. */
  readonly r: ArrangedInput;
  /** Workgroups of a direction. */
  readonly blocks: number;
  /** Lanes that share a sum. */
  readonly slices: number;
  readonly shader: (spec: Omit<RecurrentSpec, 'ragged' | 'single'> & SequenceOutputs) => ShaderModule;
  /** Its parameters beside those that all have. */
  readonly params: Readonly<Record<string, number>>;
}

/** One dispatch for each group of directions, behind the product of x and w. */
export function wholeCalls<K extends RecurrentOp>(
  context: LowerContext<K>,
  plan: RecurrentPlan,
  { r, blocks, slices, shader, params }: WholeForm,
): RecurrentCall[] {
  const { device, node } = context;
  const { x, calls } = inputSums(context, plan);
  const read = [x, r.operand, ...cellOperands(context, plan.cell), ...present([plan.lengths])];
  const written = present(plan.outputs);
  const states = statesBefore(plan, read.length + written.length, device);
  const dispatch = (directions: DirectionGroup): RecurrentCall => {
    const [y, h, c] = plan.outputs;
    const groups = directions.count * blocks;
    const shared = recurrentParams(plan, node.attributes, directions, { groups, slices });
    return {
      shader: shader({
        ...recurrentSpec(plan, node.attributes, directions),
        before: states.before,
        sliced: slices > 1,
        y: y !== undefined,
        after: { h: h !== undefined, c: c !== undefined },
      }),
      operands: [...read, ...states.operands, ...written],
      params: { ...shared, ...params, states: plan.states },
      workgroups: dispatch1d(groups, 1, device),
    };
  };
  return [...calls, ...r.calls, ...states.calls, ...directionGroups(node.attributes, plan.directions).map(dispatch)];
}
