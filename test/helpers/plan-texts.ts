/**
 * What planning makes of operator cases and networks, as text: every WGSL module, parameter and dispatch of every variant
 * in every setup, and every printed plan. Two engines that give the same texts run the same work on the same device.
 */
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { PACKED_DOT } from '../../shaders/lib/int8.ts';
import type { Storage } from '../../src/core/storage.ts';
import { TilewiseError } from '../../src/core/errors.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { CallOperand, KernelCall } from '../../src/kernels/definition.ts';
import { bindShapes } from '../../src/passes/bind-shapes.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { resolvePadding } from '../../src/passes/resolve-pads.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { printPlan } from '../../src/plan/print.ts';
import { loweringsOf, setupsOf, type Lowered, type Setup } from './lower-case.ts';
import { buildCase, type OpCase } from './op-case.ts';

const RAISED = {
  ...DEFAULT_LIMITS,
  maxStorageBuffersPerShaderStage: 16,
  maxStorageBufferBindingSize: 2 ** 31 - 4,
  maxBufferSize: 2 ** 31 - 4,
  maxComputeWorkgroupStorageSize: 32768,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxComputeWorkgroupSizeY: 1024,
};

/** Devices as planning sees them, by name. */
export const PLAN_PROFILES: Readonly<Record<string, DeviceProfile>> = {
  lavapipe: {
    limits: RAISED,
    adapterClass: 'software',
    features: ['shader-f16', 'subgroups', 'timestamp-query', PACKED_DOT],
    subgroupSize: 8,
  },
  swiftshader: {
    limits: { ...DEFAULT_LIMITS, maxStorageBuffersPerShaderStage: 10 },
    adapterClass: 'software',
    features: ['subgroups', PACKED_DOT],
    subgroupSize: 4,
  },
  discrete: {
    limits: RAISED,
    adapterClass: 'discrete',
    features: ['shader-f16', 'subgroups', PACKED_DOT],
    subgroupSize: 32,
  },
  integrated: { limits: DEFAULT_LIMITS, adapterClass: 'integrated', features: ['shader-f16'] },
  mobile: { limits: DEFAULT_LIMITS, adapterClass: 'mobile', features: ['shader-f16'] },
};

function precisionsOf(device: DeviceProfile): readonly boolean[] {
  return device.features.includes('shader-f16') ? [false, true] : [false];
}

/** Every text of one case on one device: its variants in all setups, and its plan with each of them forced. */
export function caseTexts(c: OpCase, device: DeviceProfile): string[] {
  const texts: string[] = [];
  const note = (setup: Setup, lowered: readonly Lowered[]): void => {
    const { device: _, ...how } = setup;
    for (const { variant, calls } of lowered) texts.push(JSON.stringify([how, variant]), ...calls.map(callText));
  };
  const plain = loweringsOf(c, { device });
  note({ device }, plain);
  for (const setup of setupsOf(c, device)) note(setup, loweringsOf(c, setup));
  const graph = inferShapes(resolvePadding(inferShapes(bindShapes(buildCase(c).graph))));
  for (const float16 of precisionsOf(device)) {
    for (const variant of [undefined, ...plain.map(({ variant }) => variant)]) {
      texts.push(
        `plan ${variant ?? 'chosen'}${float16 ? ' float16' : ''}`,
        casePlanText(graph, device, c.op, variant, float16),
      );
    }
  }
  return texts;
}

function casePlanText(
  graph: Graph,
  device: DeviceProfile,
  op: OpKind,
  variant: string | undefined,
  float16: boolean,
): string {
  try {
    const plan = planGraph(graph, device, { float16, ...(variant === undefined ? {} : { forced: { [op]: variant } }) });
    return [printPlan(plan), ...plan.pipelines.map(({ wgsl }) => wgsl)].join('\n');
  } catch (error) {
    if (!(error instanceof TilewiseError)) throw error;
    return 'refused';
  }
}

/** The texts of a compiled network on one device. */
export function networkTexts(graph: Graph, device: DeviceProfile): string[] {
  return precisionsOf(device).flatMap((float16) => {
    const plan = planGraph(graph, device, { float16 });
    const prepared = plan.prepare.map((step) => JSON.stringify([step.label, step.workgroups, step.buffers]));
    return [printPlan(plan), ...prepared, ...plan.pipelines.map(({ wgsl }) => wgsl), plan.params.join()];
  });
}

function callText({ variant, shader, operands, params, workgroups }: KernelCall): string {
  const head = JSON.stringify([variant, shader.bindings.map(({ name, access }) => [name, access]), params, workgroups]);
  return [head, ...operands.map(operandText), shader.wgsl].join('\n');
}

function operandText(operand: CallOperand): string {
  switch (operand.kind) {
    case 'value':
      return `value ${operand.name}`;
    case 'constant':
      return `constant ${operand.storage === 'f16' ? 'float16' : operand.tensor.dtype} ${operand.tensor.shape.join('x')} ${operand.tensor.data.join()}`;
    case 'scratch':
      return `scratch ${operand.id} ${operand.elements} ${typeText(operand.storage)}`;
    case 'prepared': {
      const { key, elements, storage, params, workgroups, source } = operand;
      const head = JSON.stringify([key, elements, typeText(storage), params, workgroups, source.shape]);
      return `prepared ${head}\n${operand.shader.wgsl}`;
    }
  }
}

/** A storage of floats as the type it stands for. */
function typeText(storage: Storage = 'f32'): string {
  return { f32: 'float32', f16: 'float16' }[storage as string] ?? storage;
}
