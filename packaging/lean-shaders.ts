/** Shaders as they are shipped: no minifier looks into the text of a template. */
import type { Plugin } from 'vite';

/** Lines of comment, and what lines are indented by: neither means anything, in WGSL or around it. */
const MARGINS = /\n\s*\/\/[^\n]*(?=\n)|(?<=\n) +/g;

/**
 * Spaces around operators, and behind what separates: between names, numbers and brackets alone, where nothing grows together (a
 * minus before a minus, a template's end before an equals sign) and no interpolation is near.
 */
const SPACES = /(?<=[\w)\]]) ([-+*/=]|[-+*/=!<]=|&&|\|\|) (?=[\w(])|(?<=[\w)\]>][,;:]) (?=[\w(])|(?<=\)) (?={)/g;

/** The text without them. Lines of the preprocessor stay as they are. */
export function leanShader(text: string): string {
  return text.replaceAll(MARGINS, '').replaceAll(/^(?!#).*$/gm, (line) => line.replaceAll(SPACES, '$1'));
}

/** Leaves them out of a build. */
export function leanShaders(): Plugin {
  return {
    name: 'lean-shaders',
    transform: {
      order: 'pre',
      filter: { id: /\/shaders\/.*\.ts$/ },
      handler: (code) => ({ code: leanShader(code), map: null }),
    },
  };
}
