/** What may help somebody whose model has what the engine lacks. Loaded with the explanations of a refusal. */
import type { Unsupported } from '../../core/errors.ts';
import { UNKNOWN } from './node.ts';

/** Operators that are left out on purpose, by what to do about them. */
const LEFT_OUT: readonly (readonly [what: string, remedy: string, ops: readonly string[]])[] = [
  [
    'random numbers',
    'Export the model in evaluation mode, or feed the numbers as an input',
    ['Bernoulli', 'Multinomial', 'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'],
  ],
  [
    'losses of training',
    'Export the model without its loss, in evaluation mode',
    ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'],
  ],
  [
    'text',
    'Do what concerns text outside the model, and feed it the numbers',
    ['RegexFullMatch', 'StringConcat', 'StringNormalizer', 'StringSplit', 'TfIdfVectorizer'],
  ],
  ['files of pictures', 'Decode pictures outside the model, and feed it their pixels', ['ImageDecoder']],
  [
    'optional values',
    'Export the model with the value always there, or without it',
    ['Optional', 'OptionalGetElement', 'OptionalHasElement'],
  ],
];

/** Domains of other operators than ONNX's own. */
const OF_DOMAIN: readonly (readonly [prefix: string, remedy: string])[] = [
  ['ai.onnx.ml.', 'Keep trees, maps and labels outside the model: export the network alone'],
  ['ai.onnx.preview.training.', 'Export the model in evaluation mode, without its optimiser'],
  ['ai.onnx.training.', 'Export the model in evaluation mode, without its optimiser'],
  [
    'com.microsoft.nchwc.',
    "Use the model as it was exported: this one was saved by onnxruntime at its highest level of optimisation, for one processor. What it saves at its level 'extended' may be read",
  ],
  ['com.microsoft.', "Use the model as it was exported, before onnxruntime's optimiser went over it"],
];

/** What an operator is about that is left out on purpose; undefined of all others. */
export function leftOut(op: string): { readonly what: string; readonly remedy: string } | undefined {
  const found = LEFT_OUT.find(([, , ops]) => ops.includes(op));
  return found && { what: found[0], remedy: found[1] };
}

/** What to do about one thing that the engine lacks. */
export function remedyFor({ op, what }: Unsupported): string {
  if (what.includes(UNKNOWN) || what.includes('computed'))
    return 'Export with fixed shapes, or simplify it with onnxsim';
  const isOperator = what === 'operator' || what.startsWith('operator,');
  if (!isOperator) return ofForm(op, what);
  const purposely = leftOut(op);
  if (purposely) return purposely.remedy;
  const known = OF_DOMAIN.find(([prefix]) => op.startsWith(prefix));
  if (known) return known[1];
  if (op.includes('.')) return 'Write this operator of your own as a function of the model, of operators of ONNX';
  return op === 'Loop' || op === 'Scan'
    ? 'Export with fixed shapes, or simplify it with onnxsim, so that the loop is unrolled'
    : 'Export the model without it, or in a later opset that spells it out';
}

/** Of an operator that is there, but not in this form. */
function ofForm(op: string, what: string): string {
  if (op === 'input' && what === 'optional') return 'Export the model with the value always there, or without it';
  if (op === 'input' || /element type|float8|int4|STRING|string/.test(what)) {
    return 'Export the model with float32, float16, or integers of up to 32 bits';
  }
  if (/int64 beyond|beyond 32 bits/.test(what)) return 'Export the model with numbers that 32 bits hold';
  if (/^attribute |^input |^output /.test(what)) return `Export the model without this ${what.split(' ')[0] ?? 'part'}`;
  return 'Export the model with another form of this operator';
}
