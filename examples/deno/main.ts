/** Finds things in a picture in Deno: `deno run --unstable-webgpu --allow-all main.ts [PICTURE]`. */
import { createDetector, decodeImage } from 'tilewise/node';

const [path = 'picture.png'] = Deno.args;
using detector = await createDetector('centernet', { modelBase: 'models' });
const [best] = await detector.detect(await decodeImage(await Deno.readFile(path), path));
console.log(best ? `${best.label} ${best.score.toFixed(4)}` : 'nothing');
