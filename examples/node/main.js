/** Classifies a picture: `node main.js [PICTURE]`. */
import { readFile } from 'node:fs/promises';
import { createClassifier, decodeImage } from 'tilewise/node';

const [path = 'picture.png'] = process.argv.slice(2);
const classifier = await createClassifier('nsfw-mobilenet-v2', { modelBase: 'models' });
const [best] = await classifier.classify(await decodeImage(await readFile(path), path));
console.log(`${best.label} ${best.score.toFixed(4)}`);
classifier.dispose();
