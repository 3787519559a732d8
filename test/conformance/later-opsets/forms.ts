/**
 * All forms of operators that came with opset 18 to 24, which ONNX's installed tests do not have. Tables of cases, a file a
 * family; they count apart from the suite of the project itself.
 */
import { LATER_ATTENTION } from './attention.ts';
import { LATER_CAST } from './cast.ts';
import { LATER_COL2IM } from './col2im.ts';
import { LATER_CONTROL } from './control.ts';
import { LATER_CONV } from './conv.ts';
import { LATER_ELEMENTWISE } from './elementwise.ts';
import { LATER_FUNCTIONS } from './functions.ts';
import { LATER_GEOMETRY } from './geometry.ts';
import { LATER_INDICES } from './indices.ts';
import { ofBrains, type LaterCase, type LaterCases } from './later.ts';
import { LATER_LISTS } from './lists.ts';
import { LATER_NORMALISE } from './normalise.ts';
import { LATER_PAD } from './pad.ts';
import { LATER_POOLS } from './pools.ts';
import { LATER_QUANTISE } from './quantise.ts';
import { LATER_RECURRENT } from './recurrent.ts';
import { LATER_REDUCE } from './reduce.ts';
import { LATER_ROTARY } from './rotary.ts';
import { LATER_SAMPLE } from './sample.ts';
import { LATER_SHAPE } from './shape.ts';
import { LATER_SIGNALS } from './signals.ts';
import { LATER_TOP_K } from './top-k.ts';

const TABLES: readonly LaterCases[] = [
  LATER_ATTENTION,
  LATER_CAST,
  LATER_COL2IM,
  LATER_CONTROL,
  LATER_CONV,
  LATER_ELEMENTWISE,
  LATER_FUNCTIONS,
  LATER_GEOMETRY,
  LATER_INDICES,
  LATER_LISTS,
  LATER_NORMALISE,
  LATER_PAD,
  LATER_POOLS,
  LATER_QUANTISE,
  LATER_RECURRENT,
  LATER_REDUCE,
  LATER_ROTARY,
  LATER_SAMPLE,
  LATER_SHAPE,
  LATER_SIGNALS,
  LATER_TOP_K,
];

/** Cases by operator, each once for every opset that it is tried in. */
export const LATER_FORMS: ReadonlyMap<string, readonly LaterCase[]> = formsOf(TABLES);

function formsOf(tables: readonly LaterCases[]): Map<string, LaterCase[]> {
  const forms = new Map<string, LaterCase[]>();
  for (const [op, cases] of tables.flatMap((table) => Object.entries(table))) {
    const all = cases.flatMap((c) => [c.opset, ...(c.also ?? [])].map((opset) => ({ ...c, opset })));
    forms.set(op, [...(forms.get(op) ?? []), ...all]);
  }
  for (const all of forms.values()) all.push(...ofBrains(all));
  return forms;
}
