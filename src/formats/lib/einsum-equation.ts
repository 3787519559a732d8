/** Einstein's summation convention as text, `ij,jk->ik`, and what it says of dimensions. */
import { range } from '../../util/arrays.ts';
import type { Emitter } from './emitter.ts';

/**
 * One label for each dimension: a letter, or, of those that an ellipsis stands for, `.1` for the last, `.2` for the one
 * before, so that ellipses of different length are aligned as broadcasting has them.
 */
export type Labels = readonly string[];

/** What an equation says. */
export interface Equation {
  /** Labels of each operand; a label that is there twice is its diagonal. */
  readonly operands: readonly Labels[];
  /** Labels of the result, each once. */
  readonly output: Labels;
}

const TERM = /^[A-Za-z]*(?:\.\.\.)?[A-Za-z]*$/;

/**
 * Reads an equation for operands of these ranks, where they are known. Without an arrow the result has what ellipses stand
 * for, then the letters that occur once, in ASCII order. Fails on text that is no such equation or does not fit the operands;
 * refuses an ellipsis in a term whose rank is not known.
 */
export function readEquation(e: Emitter, text: string, ranks: readonly (number | undefined)[]): Equation {
  const [left = '', right, ...more] = text.replaceAll(' ', '').split('->');
  const bad = (why: string): never => e.fail(`the equation "${text}" ${why}`);
  if (more.length > 0) bad('has two arrows');
  const terms = left.split(',');
  if (terms.length !== ranks.length) bad(`is for ${terms.length} operands, there are ${ranks.length}`);
  for (const term of [...terms, right ?? '']) if (!TERM.test(term)) bad(`has a term "${term}"`);
  const operands = terms.map((term, i): Labels => {
    const rank = ranks[i];
    const letters = [...term.replace('...', '')];
    if (!term.includes('...')) {
      if (rank !== undefined && rank !== letters.length) bad(`says "${term}" of an operand of rank ${rank}`);
      return letters;
    }
    if (rank === undefined)
      return e.refuse(`equation "${text}" with operand ${i} of a rank that is not known at import`);
    if (rank < letters.length) bad(`says "${term}" of an operand of rank ${rank}`);
    return labelsOf(term, rank - letters.length);
  });
  const used = operands.flat();
  const most = Math.max(0, ...used.map(depthOf));
  const output = right === undefined ? implied(used, most) : labelsOf(right, most);
  if (right !== undefined && most > 0 && !right.includes('...')) bad('has no ellipsis in its result');
  const wrong = output.find(
    (label, i) => output.indexOf(label) !== i || (depthOf(label) === 0 && !used.includes(label)),
  );
  if (wrong !== undefined) bad(`has "${wrong}" in its result, which no operand has, or the result twice`);
  return { operands, output };
}

/** How many dimensions from the end of an ellipsis a label is; 0 for letters. */
function depthOf(label: string): number {
  return label.startsWith('.') ? Number(label.slice(1)) : 0;
}

/** The labels of a term whose ellipsis, if it has one, stands for `count` dimensions. */
function labelsOf(term: string, count: number): Labels {
  const [before = '', after] = term.split('...');
  return after === undefined ? [...before] : [...before, ...hidden(count), ...after];
}

function hidden(count: number): string[] {
  return range(count).map((i) => `.${count - i}`);
}

function implied(used: Labels, most: number): Labels {
  const once = used.filter((label) => depthOf(label) === 0 && used.indexOf(label) === used.lastIndexOf(label));
  return [...hidden(most), ...once.sort()];
}
