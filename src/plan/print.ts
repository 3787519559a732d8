/** A plan as text: one line a step, then memory and pipeline totals. */
import { shapeText } from '../core/tensor.ts';
import type { Plan } from './plan.ts';

/** The printable form of a plan. */
export function printPlan(plan: Plan): string {
  const lines = plan.inputs.map((p) => `input ${p.name} ${p.dtype} ${shapeText(p.shape)} @${p.buffer}`);
  for (const step of plan.steps) {
    const [x, y, z] = step.workgroups;
    lines.push(
      `${step.label}: ${step.op}/${step.variant} [${x}, ${y}, ${z}] @${step.buffers.join(' @')} p${step.pipeline}`,
    );
  }
  for (const p of plan.outputs) lines.push(`output ${p.name} ${p.dtype} ${shapeText(p.shape)} @${p.buffer}`);
  const { weights, activations, naive, lowerBound } = plan.memory;
  lines.push(
    `${plan.steps.length} steps, ${plan.pipelines.length} distinct pipelines`,
    `weights ${weights} B, activations ${activations} B (one buffer per value ${naive} B, lower bound ${lowerBound} B)`,
  );
  return lines.join('\n');
}
