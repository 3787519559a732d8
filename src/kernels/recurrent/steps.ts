/** A recurrent network by a dispatch for each step. */
import { hasTwoPhases } from '../../../shaders/lib/recurrent.ts';
import { stepShader, type StepSpec } from '../../../shaders/recurrent/step.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import type { Recurrent } from '../../ir/ops.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
import { dispatch1d, type CallOperand, type LowerContext } from '../definition.ts';
import {
  cellOperands,
  directionGroups,
  inputSums,
  packedState,
  recurrentParams,
  recurrentSpec,
  type DirectionGroup,
  type RecurrentCall,
  type RecurrentOp,
  type RecurrentPlan,
} from './plan.ts';
import { MOST_SLICES } from './sequence.ts';
import { joinStates, MOST_BINDINGS, partStates, present, statesBefore, statesMemory } from './states.ts';

/** How a workgroup shares out its invocations. */
export interface StepTile {
  readonly size: number;
  readonly slices: number;
  readonly span: number;
}

/** Nothing where there is nothing to share. */
export function stepTile({ quads }: RecurrentPlan, sliced: boolean): StepTile | undefined {
  // Few lanes each, so that there is a workgroup for every core of a software adapter.
  if (!sliced) return { size: 16, slices: 1, span: 16 };
  const slices = Math.min(MOST_SLICES, quads);
  return slices < 2 ? undefined : { size: 64, slices, span: Math.floor(64 / slices) };
}

/** What all steps of a node share. */
interface Steps {
  readonly plan: RecurrentPlan;
  readonly tile: StepTile;
  readonly attributes: Recurrent;
  readonly device: DeviceProfile;
  /** x·w, r, what the cell has of its own, lengths. */
  readonly read: readonly CallOperand[];
}

/** Where the states of a step come from and go to. */
interface StepStates {
  readonly before: StepSpec['before'];
  readonly after: StepSpec['after'];
  readonly from: readonly CallOperand[];
  readonly to: readonly CallOperand[];
}

/** A dispatch for each step and group of directions, or two. The states of several steps take turns in two buffers. */
export function stepCalls<K extends RecurrentOp>(
  context: LowerContext<K>,
  plan: RecurrentPlan,
  tile: StepTile,
): RecurrentCall[] {
  const { device, node } = context;
  const { attributes }: { readonly attributes: Recurrent } = node;
  const { x, calls } = inputSums(context, plan);
  const r = packedState(context, plan);
  const read = [x, r.operand, ...cellOperands(context, plan.cell), ...present([plan.lengths])];
  const steps: Steps = { plan, tile, attributes, device, read };
  return [...calls, ...r.calls, ...(onlyStep(steps) ?? allSteps(steps))];
}

/** One step, whose states are those of the node: nothing where there are more, or too many buffers. */
function onlyStep(steps: Steps): RecurrentCall[] | undefined {
  const { plan, device, read } = steps;
  const [y, h, c] = plan.outputs;
  // In two phases one of them binds the gates besides.
  const others = read.length + present([y, h, c]).length + (hasTwoPhases(plan) ? 1 : 0);
  const { before, operands, calls } = statesBefore(plan, others, device);
  if (plan.steps !== 1 || others + operands.length > MOST_BINDINGS) return undefined;
  const states: StepStates = {
    before,
    after: { h: h !== undefined, c: c !== undefined },
    from: operands,
    to: present([h, c]),
  };
  return [...calls, ...stepDispatches(steps, states, 0)];
}

function allSteps(steps: Steps): RecurrentCall[] {
  const { plan, device } = steps;
  const buffers = ['states', 'next states'].map((id) => statesMemory(id, plan));
  const bufferAt = (step: number): CallOperand => at(buffers, step % 2);
  return [
    joinStates(plan, bufferAt(0), device),
    ...range(plan.steps).flatMap((step) => {
      const [from, to] = [[bufferAt(step)], [bufferAt(step + 1)]];
      return stepDispatches(steps, { before: 'joined', after: 'joined', from, to }, step);
    }),
    ...partStates(plan, bufferAt(plan.steps), device),
  ];
}

function stepDispatches(steps: Steps, states: StepStates, step: number): RecurrentCall[] {
  const { plan, attributes } = steps;
  return directionGroups(attributes, plan.directions).flatMap((directions) =>
    (hasTwoPhases(plan) ? (['reset', 'hidden'] as const) : (['whole'] as const)).map((phase) =>
      stepDispatch(steps, states, { directions, step, phase }),
    ),
  );
}

function stepDispatch(
  { plan, tile: { size, slices, span }, attributes, device, read }: Steps,
  { before, after, from, to }: StepStates,
  { directions, step, phase }: { readonly directions: DirectionGroup; readonly step: number } & Pick<StepSpec, 'phase'>,
): RecurrentCall {
  const blocks = ceilDiv(plan.quads, span);
  const groups = directions.count * plan.batch * blocks;
  const [y] = plan.outputs;
  const spec: StepSpec = {
    ...recurrentSpec(plan, attributes, directions),
    before,
    after,
    sliced: slices > 1,
    ragged: plan.units % 4 !== 0,
    single: false,
    size,
    phase,
    y: y !== undefined,
  };
  const gates: CallOperand = { kind: 'scratch', id: 'gates', elements: 2 * plan.states };
  const results = phase === 'reset' ? [gates] : [...(phase === 'hidden' ? [gates] : []), ...present([y]), ...to];
  const shared = recurrentParams(plan, attributes, directions, { groups, slices });
  return {
    shader: stepShader(spec),
    operands: [...read, ...from, ...results],
    params: { ...shared, step, blocks, span, states: plan.states },
    workgroups: dispatch1d(groups, 1, device),
  };
}
