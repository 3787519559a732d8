/** How long, in milliseconds, anything may take before it counts as hanging: minutes where a slow and busy machine takes one. */
export const PATIENCE_MS = 10 * 60_000;
