/** Heads of detectors on the CPU: what an independent decoder finds in the same outputs; and what they refuse. */
import { describe, it } from 'vitest';
import { detected, expectAsDecoded } from '../helpers/detect-case.ts';
import { HEAD_CASES } from '../helpers/head-cases.ts';

describe('on outputs of seeded numbers', () => {
  it.each(HEAD_CASES)('$decode: $title', async (head) => {
    expectAsDecoded(await detected(head, { backend: 'cpu' }), head);
  });
});
