/**
 * An operator that the engine does not have, as a contributor would add it: ONNX's Shrink, which is read as a composite, and that
 * is taken out before. Texts, because as files they would be part of the engine's types.
 */

/**
 * What adding the operator does in one place: a new file, or lines behind something that an existing one says, once `composite`
 * is out of it.
 */
export type Change =
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly composite?: RegExp; readonly behind: RegExp; readonly text: string };

/** The name of its files, and of its family. */
export const FIXTURE = { name: 'shrink', family: 'elementwise', op: 'Shrink' } as const;

const reference = `/** Shrink: towards zero by a constant, and to zero what is near it. */
import { mapTensor } from '../lib/elementwise.ts';
import { operand, requireFloat, tensorAt } from '../lib/operands.ts';
import type { OpDefinition } from '../definition.ts';

/** Keeps shape and type; floats only. */
export const shrink: OpDefinition<'Shrink'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    requireFloat({ dtype, shape }, 'Shrink');
    return [{ dtype, shape }];
  },
  reference: ({ attributes: { lambd, bias } }, inputs) => {
    const x = tensorAt(inputs, 0);
    return [mapTensor(x, x.dtype, (v) => (v < -lambd ? v + bias : v > lambd ? v - bias : 0))];
  },
};
`;

const kernel = `/** Shrink → one elementwise dispatch. */
import { SHRINK_WORKGROUP, shrinkShader } from '../../../shaders/elementwise/shrink.ts';
import type { KernelDefinition } from '../definition.ts';
import { ELEMENTWISE_TRAITS, elementwiseVariants } from '../lib/elementwise.ts';

export const shrink: KernelDefinition<'Shrink'> = {
  kind: 'dispatch',
  variants: elementwiseVariants(SHRINK_WORKGROUP, ({ node }, operands) => ({
    shader: shrinkShader(operands),
    params: { ...node.attributes },
  })),
  ...ELEMENTWISE_TRAITS,
};
`;

const shader = `/**
 * y = x + bias below -lambd, x - bias above lambd, and 0 between them.
 *
 * Layout: x and y have the same shape; dense, or rows apart as shaders/lib/elementwise.ts says.
 * Bindings: 0 x read, 1 y read_write (scalars, or vec4 when width is 4); in place only y.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: an ElementwiseSpec.
 * Limits: no workgroup storage.
 */
import { elementwiseBindings, elementwiseFields, elementwiseLoad, type ElementwiseSpec } from '../lib/elementwise.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const SHRINK_WORKGROUP = 64;

export function shrinkShader(operands: ElementwiseSpec): ShaderModule {
  const element = vectorType('f32', operands.width);
  return shaderModule({
    bindings: elementwiseBindings(operands),
    params: { ...elementwiseFields(operands), lambd: 'f32', bias: 'f32' },
    workgroupSize: [SHRINK_WORKGROUP, 1, 1],
    body: wgsl\`
  \${elementwiseLoad(operands, 'f32', SHRINK_WORKGROUP)}
  let below = select(\${element}(), v + params.bias, v < \${element}(-params.lambd));
  let all = select(below, v - params.bias, v > \${element}(params.lambd));
  y[to] = \${vectorType(operands.yType, operands.width)}(all);\`,
  });
}
`;

const cases = `/** Cases of the Shrink operator: odd sizes and multiples of four, bounds, no elements. */
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

function shrink(name: string, input: CaseInput, lambd = 0.5, bias = 0): OpCase<'Shrink'> {
  return { name, op: 'Shrink', inputs: [input], attributes: { lambd, bias } };
}

export const shrinkCases: readonly OpCase<'Shrink'>[] = [
  shrink('3x5x7', { shape: [3, 5, 7], low: -2, high: 2 }, 0.7, 0.3),
  shrink('2x8', { shape: [2, 8], low: -2, high: 2 }, 0.7, 0.3),
  shrink('at its bounds', { shape: [5], values: [-0.5, 0.5, 0, -0.75, 0.75] }),
  shrink('no elements', { shape: [2, 0] }),
];
`;

/** Everything, in the order of the table in CONTRIBUTING.md. */
export const CHANGES: readonly Change[] = [
  {
    file: 'src/ir/ops/elementwise.ts',
    behind: /^export interface ElementwiseOps \{\n/m,
    text: '  /** x → y */\n  readonly Shrink: { readonly lambd: number; readonly bias: number };\n',
  },
  { file: 'src/ops/elementwise/shrink.ts', text: reference },
  {
    file: 'src/ops/further.ts',
    behind: /^export const FURTHER_OPS = \{\n/m,
    text: "  Shrink: lazy(() => import('./elementwise/shrink.ts'), 'shrink'),\n",
  },
  { file: 'src/kernels/elementwise/shrink.ts', text: kernel },
  {
    file: 'src/kernels/further.ts',
    behind: /^export const FURTHER_KERNELS = \{\n/m,
    text: "  Shrink: lazy(() => import('./elementwise/shrink.ts'), 'shrink'),\n",
  },
  { file: 'shaders/elementwise/shrink.ts', text: shader },
  {
    file: 'src/formats/onnx/further-facts.ts',
    behind: /^const FURTHER_FACTS: .* = \{\n/m,
    text: '  Shrink: asFirst,\n',
  },
  {
    file: 'src/formats/onnx/write/operators.ts',
    behind: /^const ROWS: .* = \{\n/m,
    text: '  Shrink: (w, n) => same(w, n, { lambd: { f: n.attributes.lambd }, bias: { f: n.attributes.bias } }),\n',
  },
  {
    file: 'src/formats/onnx/ops/elementwise/further.ts',
    composite: /^export function shrink\([\s\S]*?^\}\n/m,
    behind: /$(?![\s\S])/,
    text: `
/** Shrink. */
export function shrink(n: OnnxNode): string {
  return n.one('Shrink', [n.input(0)], { lambd: n.attr.float('lambd', 0.5), bias: n.attr.float('bias', 0) });
}
`,
  },
  {
    file: 'src/formats/onnx/further-operators.ts',
    composite: /^ {2}Shrink: .*\n/m,
    behind: /^export const FURTHER_ONNX_OPERATORS: .* = \{\n/m,
    text: "  Shrink: lazy(elementwise, 'shrink'),\n",
  },
  { file: 'test/ops/cases/elementwise/shrink.ts', text: cases },
  {
    file: 'test/conformance/random-cases.ts',
    behind: /^export const GENERATORS: .* = \{\n/m,
    text: `  Shrink: (d) => ({
    inputs: [{ shape: d.shape(), low: -3, high: 3 }],
    attributes: { lambd: d.real(0.1, 1), bias: d.real(-1, 1) },
  }),
`,
  },
];
