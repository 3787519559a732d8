/** Model files wrapped in scripts: parsed, never run. */
import { LoadError } from '../../../src/core/errors.ts';
import { unwrapModel } from '../../../src/formats/wrapped-script.ts';
import { typed, type FuzzTarget } from '../target.ts';
import { inspectModel } from './inspect.ts';

const utf8 = new TextEncoder();

/** Data as minifiers write it, and what is no data. */
const SCRIPTS: readonly string[] = [
  '!function(){module.exports={format:"graph-model",a:[1,-2,!0,void 0],modelTopology:{node:[]}}}()',
  'm.exports="AAAA"',
  '"use strict";exports.exports={"__proto__":1,n:{n:{n:[null,,1e9]}}}',
  'x.exports={a:1n,b:/x/g,c:`t`,get d(){return 1}}',
  'for(;;);m.exports={}',
];

/** The target. */
export const scripts: FuzzTarget = {
  seeds: SCRIPTS.map((text) => utf8.encode(text)),
  mutators: [],
  run: async (bytes, settings) => {
    const main = { name: 'model.min.js', bytes };
    const read = async (name: string): Promise<Uint8Array> => {
      if (name.includes('shard')) return bytes;
      throw new LoadError('there is no such file', { file: name });
    };
    const files = await typed(() => unwrapModel({ main, read }));
    if (!files) return;
    await typed(() => files.read('shard'));
    await inspectModel(files, settings);
  },
};
