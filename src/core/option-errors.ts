/** What is said of options that there are not, and of values that they cannot have. */
import { nearest } from '../util/nearest-name.ts';
import { InputError } from './errors.ts';
import { chosenOptions, fitsOption, type OptionKind, type OptionRule, type OptionRules } from './option-rules.ts';

/** What each kind of values is called. */
const KIND_NAMES: Readonly<Record<OptionKind, string>> = {
  any: 'anything',
  object: 'an object',
  function: 'a function',
  list: 'an array',
  text: 'a string',
  boolean: 'true or false',
  number: 'a number',
  positive: 'a positive number',
  count: 'a positive integer',
  triple: 'three numbers',
  signal: 'an AbortSignal',
};

/** What other libraries call an option, or one of its values. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  gpu: ['device', 'adapter', 'gpudevice'],
  backend: ['device', 'executionproviders', 'executionprovider', 'provider', 'runtime', 'delegate'],
  signature: ['signaturekey', 'signature_key', 'signaturename', 'signaturedef', 'subgraph'],
  precision: ['dtype', 'fp16', 'half', 'float16', 'quantized', 'quantization'],
  inputShapes: ['shapes', 'freedimensionoverrides', 'shape'],
  onProgress: ['progress', 'progress_callback', 'progresscallback'],
  modelBase: ['base', 'baseurl', 'basepath', 'path', 'localmodelpath'],
  labels: ['classes', 'classnames', 'names'],
  preprocessing: ['preprocess', 'processor', 'normalize'],
  topK: ['k', 'top', 'top_k', 'maxresults', 'count'],
  threshold: ['score', 'scorethreshold', 'minscore', 'confidence', 'minconfidence'],
  iou: ['iouthreshold', 'nms', 'overlap'],
  max: ['maxresults', 'maxdetections', 'limit', 'topk'],
  fetches: ['outputnames', 'only'],
  signal: ['abortsignal', 'abort'],
  webgpu: ['gpu', 'webgl', 'webnn', 'dawn'],
  cpu: ['js', 'native', 'reference'],
  wasm: ['webassembly', 'simd', 'xnnpack'],
  float16: ['fp16', 'f16', 'half', '16', 'int8'],
  float32: ['fp32', 'f32', 'float', 'full', '32'],
};

/** The name that was meant, by what others call it or else by how it is spelt. */
function meant(wrong: string, names: readonly string[]): string | undefined {
  const word = wrong.toLowerCase();
  return names.find((name) => ALIASES[name]?.includes(word)) ?? nearest(wrong, names);
}

function didYouMean(wrong: string, names: readonly string[]): string {
  const name = meant(wrong, names);
  return name === undefined ? '' : `: did you mean "${name}"?`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (Object(value) !== value) return String(value);
  return Array.isArray(value) ? 'an array' : Symbol.iterator in Object(value) ? 'an iterable' : 'an object';
}

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** Options that a value is for: `device: 'webgpu'` means the backend, `device: device` the device. */
function likely(rules: Readonly<Record<string, OptionRule>>, value: unknown): string[] {
  return Object.keys(rules).filter((name) => {
    const rule = rules[name] ?? 'any';
    return typeof value === 'string' ? typeof rule !== 'string' : fitsOption(rule, value);
  });
}

/** Throws InputError for the first option that is not one of the rules, or does not follow its own. */
export function refuseOptions<T extends object>(call: string, options: unknown, rules: OptionRules<T>): never {
  const known = rules as Readonly<Record<string, OptionRule>>;
  const names = Object.keys(known);
  const given = Object(options) as Readonly<Record<string, unknown>>;
  if (typeof (options ?? given) !== 'object' || Symbol.iterator in given) {
    throw new InputError(`the options of ${call} are an object, and ${shown(options)} was given`);
  }
  for (const key of new Set([...Object.keys(given), ...names])) {
    const value = given[key];
    const rule = Object.hasOwn(known, key) ? known[key] : undefined;
    if (rule === undefined) {
      const suggestion = didYouMean(key, likely(known, value)) || didYouMean(key, names);
      throw new InputError(`${call} has no option "${key}"${suggestion}`, {
        hint: `Its options are ${names.join(', ')}`,
      });
    }
    if (value === undefined || fitsOption(rule, value)) continue;
    if (typeof rule === 'string') {
      throw new InputError(`the option ${key} of ${call} is ${KIND_NAMES[rule]}, and ${shown(value)} was given`);
    }
    const suggestion = typeof value === 'string' ? didYouMean(value, rule) : '';
    throw new InputError(`the option ${key} of ${call} cannot be ${shown(value)}${suggestion}`, {
      hint: `It is one of ${quoted(rule)}`,
    });
  }
  throw new InputError(`the options of ${call} cannot be read`);
}

/** See `chosenOptions`: where a page loads the refusal anyway, or size does not count. Throws InputError as `checkOptions` rejects. */
export function requireOptions<T extends object>(call: string, options: unknown, rules: OptionRules<T>): T {
  return chosenOptions(options, rules) ?? refuseOptions(call, options, rules);
}
