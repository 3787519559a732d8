/** Makes a software driver compile in less time, for tests whose shaders compile far longer than they run. */

/**
 * Lavapipe without LLVM's optimisations compiles in half the time. To be called before the process opens a GPU: the driver
 * reads it when it is loaded. Tests of whole networks, which run long, have the optimisations.
 */
export function compileQuickly(): void {
  process.env['GALLIVM_PERF'] ??= 'nopt';
}
