/** Which tests of the suite the engine does not mean to pass, and why. Everything else is in scope, passed or failed. */

/** Patterns of names, and the reason; `*` stands for any characters. An operator that is merely missing has no place here. */
const OUT_OF_SCOPE: readonly (readonly [reason: string, ...names: string[]])[] = [
  [
    'losses and gradients of training',
    'test_nllloss_*',
    'test_sce_*',
    'test_gradient_of_add',
    'test_gradient_of_add_and_mul',
  ],
  ['optimisers of training', 'test_adagrad*', 'test_adam*', 'test_momentum*', 'test_nesterov_momentum'],
  [
    'random generators',
    'test_bernoulli*',
    'test_training_dropout',
    'test_training_dropout_default',
    'test_training_dropout_default_mask',
    'test_training_dropout_mask',
  ],
  ['strings', 'test_cast_*STRING*', 'test_castlike_*STRING*', 'test_strnormalizer_*', 'test_strnorm_model_*'],
  ['TfIdf', 'test_tfidfvectorizer_*'],
  [
    'optional values at the border of a model',
    'test_identity_opt',
    'test_if_opt',
    'test_loop16_seq_none',
    'test_optional_*',
  ],
  // By the operator's text a coordinate is divided by the extent of the resized tensor, which is whole, as onnxruntime has it;
  // the tests divide by input · scale, which is not (onnx/onnx issue 2462).
  [
    'corners aligned to an extent that is not whole',
    'test_resize_downsample_scales_cubic_align_corners',
    'test_resize_downsample_scales_linear_align_corners',
  ],
];

/** Why a test is out of scope; undefined for those in scope. */
export function outOfScope(name: string): string | undefined {
  return OUT_OF_SCOPE.find(([, ...patterns]) => patterns.some((pattern) => matches(pattern, name)))?.[0];
}

/** True where a pattern with `*` for any characters, `?` for one and `{a,b}` for either is the whole name. */
export function matches(pattern: string, name: string): boolean {
  const escaped = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  // Braces that hold no alternatives stand for themselves.
  const alternatives = escaped.replace(/\{([^{}]*)\}|[{}]/g, (found, list?: string) =>
    list === undefined ? `\\${found}` : `(?:${list.replaceAll(',', '|')})`,
  );
  return new RegExp(`^${alternatives}$`).test(name);
}
