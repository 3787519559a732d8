/** Classifies a picture in Deno: `deno run --unstable-webgpu --allow-all main.ts [PICTURE]`. */
import { createClassifier, decodeImage } from 'tilewise/node';

const [path = 'picture.png'] = Deno.args;
using classifier = await createClassifier('nsfw-mobilenet-v2', { modelBase: 'models' });
const [best] = await classifier.classify(await decodeImage(await Deno.readFile(path), path));
console.log(`${best?.label} ${best?.score.toFixed(4)}`);
