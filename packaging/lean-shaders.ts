/** Shaders as they are shipped: no minifier looks into the text of a template. */
import type { Plugin } from 'vite';

/** Lines of comment, and what lines are indented by: neither means anything, in WGSL or around it. */
const MARGINS = /\n\s*\/\/[^\n]*(?=\n)|(?<=\n) +/g;

/** The text without them. */
export function withoutMargins(text: string): string {
  return text.replaceAll(MARGINS, '');
}

/** Leaves them out of a build. */
export function leanShaders(): Plugin {
  return {
    name: 'lean-shaders',
    transform: {
      order: 'pre',
      filter: { id: /\/shaders\/.*\.ts$/ },
      handler: (code) => ({ code: withoutMargins(code), map: null }),
    },
  };
}
