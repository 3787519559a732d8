/** Outputs of integers that stand for real numbers, and of float16, as heads read them. */
import { tensorOf } from '../core/tensor.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import type { Graph } from '../ir/graph.ts';
import type { HeadOutput } from './head.ts';
import { isUnitRange } from './unit-range.ts';

/** The outputs as heads see them: float32 where they are, or stand for, real numbers. */
export function asReals(outputs: readonly HeadOutput[], graph: Graph): HeadOutput[] {
  return outputs.map((output) => ({
    ...output,
    ...(output.dtype === 'float16' || graph.scales?.has(output.name) ? { dtype: 'float32' } : {}),
    ...(isUnitRange(graph, output.name, output.dtype) ? { unit: true } : {}),
  }));
}

/** The output's value as heads see it. */
export function dequantised(b: GraphBuilder, { scales }: Graph, outputs: readonly HeadOutput[], name: string): string {
  const [stands, held] = [scales?.get(name), outputs.find((output) => output.name === name)];
  if (held?.dtype === 'float16') return b.one('Cast', [name], { to: 'float32' });
  if (!stands || !held) return name;
  const scale = b.constant('scale', tensorOf('float32', [], [stands.scale]));
  const zeroPoint = b.constant('zero_point', tensorOf(held.dtype, [], [stands.zeroPoint]));
  return b.one('DequantizeLinear', [name, scale, zeroPoint], { axis: 0, blockSize: 0 });
}
