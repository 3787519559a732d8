/** What may help somebody whose model has nodes that WebGPU kernels refuse, as `whatIsMissing` words it. */

const ON_CPU = "or run it with --backend cpu (the library's backend 'cpu')";

/** By how the refusal begins or ends. */
const REMEDIES: readonly (readonly [what: RegExp, remedy: string])[] = [
  [/no WebGPU kernel for rank \d+$/, `Export the model so that this node has another number of dimensions, ${ON_CPU}`],
  [/no WebGPU kernel for \w+$/, `Export the model with another element type for this node, ${ON_CPU}`],
  [/need it to be constant$/, `Export the model with this input as a constant, ${ON_CPU}`],
  [/depends on the data$/, `Export the model with fixed shapes, or simplify it with onnxsim, ${ON_CPU}`],
  [/too large to be computed/, `Store this value in the model instead of computing it there, ${ON_CPU}`],
];

/** What to do about a node that runs on the CPU only, or cannot be prepared for the GPU. */
export function kernelRemedy(what: string): string {
  return REMEDIES.find(([pattern]) => pattern.test(what))?.[1] ?? `Export the model without this node, ${ON_CPU}`;
}

/** True of what is refused whatever inputs that decide shapes are fed: an element type, a rank. */
export function isCertain(what: string): boolean {
  return !what.includes('depends on ');
}
