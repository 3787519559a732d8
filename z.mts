import { buildNodeLibrary } from './bench/lib/library.ts';
import { peerModel } from './bench/peers/models.ts';
import { writeFileSync } from 'node:fs';
console.log(await buildNodeLibrary());
for (const n of ['mobilenet-v2','resnet-18','shufflenet-v2'] as const) { const m = await peerModel(n); writeFileSync(`/tmp/cold-${n}.onnx`, m.onnx); }
