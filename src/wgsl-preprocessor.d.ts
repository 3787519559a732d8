/** The package ships no types. Values of both branches of `#if ${flag}` are evaluated; see shaders/lib/module.ts. */
declare module 'wgsl-preprocessor/wgsl-preprocessor.js' {
  /** Template tag that resolves `#if ${boolean}` / `#elif` / `#else` / `#endif` lines in WGSL text. */
  export function wgsl(strings: TemplateStringsArray, ...values: readonly unknown[]): string;
}
