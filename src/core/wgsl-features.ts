/** What WGSL itself can do here: a matter of the WebGPU implementation, which its devices do not say. */

/** `dot4I8Packed`: Chrome has it from 123 on. */
export const PACKED_DOT = 'packed_4x8_integer_dot_product';

/** The same as Dawn in Node has it, which is nobody's `navigator.gpu`. */
let outside: ReadonlySet<string> | undefined;

/** Takes note of an implementation that is not the `navigator`'s. */
export function noteWgslFeatures({ wgslLanguageFeatures }: GPU): void {
  outside = wgslLanguageFeatures;
}

/** Those that kernels use. */
export function wgslFeatures(): string[] {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Partial<GPU> } };
  const features: ReadonlySet<string> | undefined = navigator?.gpu?.wgslLanguageFeatures ?? outside;
  return features?.has(PACKED_DOT) ? [PACKED_DOT] : [];
}
