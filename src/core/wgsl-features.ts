/** What WGSL itself can do here: a matter of the WebGPU implementation, which its devices do not say. */

/** The same as Dawn in Node has it, which is nobody's `navigator.gpu`. */
let outside: ReadonlySet<string> | undefined;

/** Takes note of an implementation that is not the `navigator`'s. */
export function noteWgslFeatures({ wgslLanguageFeatures }: GPU): void {
  outside = wgslLanguageFeatures;
}

/** The language features, by their specification names. */
export function wgslFeatures(): Iterable<string> {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: Partial<GPU> } };
  return navigator?.gpu?.wgslLanguageFeatures ?? outside ?? [];
}
