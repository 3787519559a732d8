/** Every operator's form of opset 18 to 24 has cases enough: the list of ONNX's operators says which there are. */
import { describe, expect, it } from 'vitest';
import { leftOut } from '../../../src/formats/onnx/remedies.ts';
import { LAST_OPSET, OPERATOR_VERSIONS } from '../support/versions.ts';
import { LATER_FORMS } from './forms.ts';

/** The first opset whose forms are meant: the installed suite ends before it. */
const FIRST_OPSET = 18;

/** Cases that a form has at least. */
const ENOUGH = 6;

/** Forms, and the opset before the next one. */
const ROWS = Array.from(OPERATOR_VERSIONS).flatMap(([op, { versions }]) => {
  if (leftOut(op)) return [];
  const later = versions.filter((version) => version >= FIRST_OPSET);
  return later.map((opset, i) => ({ op, opset, last: (later[i + 1] ?? LAST_OPSET + 1) - 1 }));
});

describe('forms of opset 18 and later', () => {
  it.each(ROWS)('of $op $opset: six cases', ({ op, opset, last }) => {
    const forms = (LATER_FORMS.get(op) ?? []).filter((c) => c.opset >= opset && c.opset <= last);
    expect(forms.map(({ name }) => name).length).toBeGreaterThanOrEqual(ENOUGH);
  });

  it.each(Array.from(LATER_FORMS))('of %s have names of their own, and are of these opsets', (op, forms) => {
    expect(new Set(forms.map(({ name, opset }) => `${name}, ${opset}`)).size).toBe(forms.length);
    for (const { name, opset, node } of forms) {
      expect(node.op, name).toBe(op);
      expect(opset, name).toBeGreaterThanOrEqual(FIRST_OPSET);
      expect(opset, name).toBeLessThanOrEqual(LAST_OPSET);
    }
  });
});
