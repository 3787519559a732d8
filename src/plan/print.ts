/** A plan as text: one line a step, then values and buffers that lie inside others, then memory and pipeline totals. */
import { channelsOf, isDense } from '../core/placement.ts';
import { printable } from '../core/printable.ts';
import { isPacked, ownStorage } from '../core/storage.ts';
import { shapeText } from '../core/tensor.ts';
import type { Plan, PlanValue } from './plan.ts';

/** The printable form of a plan. */
export function printPlan(plan: Plan): string {
  const lines = plan.inputs.map((p) => `input ${p.name} ${p.dtype} ${shapeText(p.shape)} @${p.buffer}`);
  for (const step of plan.steps) {
    const [x, y, z] = step.workgroups;
    lines.push(
      `${step.label}: ${step.op}/${step.variant} [${x}, ${y}, ${z}] @${step.buffers.join(' @')} p${step.pipeline}`,
    );
  }
  for (const p of plan.outputs) {
    const bound = p.bounded ? ` (extent ${p.bounded.axis} @${p.bounded.count.buffer})` : '';
    lines.push(`output ${p.name} ${p.dtype} ${shapeText(p.shape)} @${p.buffer}${bound}`);
  }
  for (const [name, value] of plan.values) if (isUnusual(value)) lines.push(`value ${name} ${placeText(value)}`);
  plan.buffers.forEach(({ bytes, within }, i) => {
    if (within) lines.push(`buffer @${i} ${bytes} B in @${within.buffer} from byte ${within.offset}`);
  });
  const { weights, activations, naive, lowerBound } = plan.memory;
  lines.push(
    `${plan.steps.length} steps, ${plan.pipelines.length} distinct pipelines`,
    `weights ${weights} B, activations ${activations} B (one buffer per value ${naive} B, lower bound ${lowerBound} B)`,
  );
  return lines.map(printable).join('\n');
}

/** True for values that do not simply fill a buffer in their type's own word. */
function isUnusual({ dtype, storage, shape, placement }: PlanValue): boolean {
  return storage !== ownStorage(dtype) || !isDense(placement, shape);
}

/** How elements are stored, as a type: `float16` for halves, whatever the graph says of them. */
function storedText({ dtype, storage }: PlanValue): string {
  if (isPacked(storage)) return `${dtype}x4`;
  return storage === 'f16' ? 'float16' : storage === 'f32' ? 'float32' : dtype;
}

/** Elements from `+offset` on, rows `pitch` apart; channels in blocks where they are not neighbours. */
function placeText(value: PlanValue): string {
  const { buffer, shape, placement } = value;
  const { offset, pitch, block, step, blockStep } = placement;
  const text = `${storedText(value)} ${shapeText(shape)} @${buffer}`;
  if (isDense(placement, shape)) return text;
  const isSplit = block < channelsOf(shape);
  const steps = `${step === 1 ? '' : ` step ${step}`}${isSplit ? ` in blocks of ${block}, step ${blockStep}` : ''}`;
  return `${text} +${offset} pitch ${pitch}${steps}`;
}
