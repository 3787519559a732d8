/** Where the states of a recurrent network come from and go to. */
import type { RecurrentSpec } from '../../../shaders/lib/recurrent.ts';
import { joinStatesShader, partStatesShader, STATES_WORKGROUP } from '../../../shaders/recurrent/states.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { dispatch1d, type CallOperand } from '../definition.ts';
import type { RecurrentCall, RecurrentPlan } from './plan.ts';

/** Buffers that a kernel can bind on every device. */
export const MOST_BINDINGS = 8;

/** The operands that there are. */
export function present(operands: readonly (CallOperand | undefined)[]): CallOperand[] {
  return operands.flatMap((operand) => operand ?? []);
}

/** The states before, as a kernel gets them. */
export interface StatesBefore {
  readonly before: RecurrentSpec['before'];
  readonly operands: readonly CallOperand[];
  /** What brings them into that form. */
  readonly calls: readonly RecurrentCall[];
}

/** Memory for all states of a node, h and then c. */
export function statesMemory(id: string, { before, states }: RecurrentPlan): CallOperand {
  return { kind: 'scratch', id, elements: before.length * states };
}

/** Brings the states before, zero where there are none, into one buffer. */
export function joinStates(plan: RecurrentPlan, joined: CallOperand, device: DeviceProfile): RecurrentCall {
  const [h, c] = plan.before;
  return {
    shader: joinStatesShader({ h: h !== undefined, c: c !== undefined }),
    operands: [...present(plan.before), joined],
    ...everyState(plan, device),
  };
}

/** Brings states out of one buffer to the outputs that there are. */
export function partStates(plan: RecurrentPlan, joined: CallOperand, device: DeviceProfile): RecurrentCall[] {
  const [, h, c] = plan.outputs;
  if (!h && !c) return [];
  return [
    {
      shader: partStatesShader({ h: h !== undefined, c: c !== undefined }),
      operands: [joined, ...present([h, c])],
      ...everyState(plan, device),
    },
  ];
}

function everyState(
  { before, states }: RecurrentPlan,
  device: DeviceProfile,
): Pick<RecurrentCall, 'params' | 'workgroups'> {
  const count = before.length * states;
  return { params: { count, states }, workgroups: dispatch1d(count, STATES_WORKGROUP, device) };
}

/** The states before a kernel that binds `others` buffers: apart where all are there and can be bound, else joined. */
export function statesBefore(plan: RecurrentPlan, others: number, device: DeviceProfile): StatesBefore {
  const given = present(plan.before);
  if (given.length === 0) return { before: 'none', operands: [], calls: [] };
  if (given.length === plan.before.length && others + given.length <= MOST_BINDINGS) {
    return { before: 'apart', operands: given, calls: [] };
  }
  const joined = statesMemory('states', plan);
  return { before: 'joined', operands: [joined], calls: [joinStates(plan, joined, device)] };
}
