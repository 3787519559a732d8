/** Finds things in a picture: `node main.js [PICTURE]`. */
import { readFile } from 'node:fs/promises';
import { createDetector, decodeImage } from 'tilewise/node';

const [path = 'picture.png'] = process.argv.slice(2);
const detector = await createDetector('centernet', { modelBase: 'models' });
const [best] = await detector.detect(await decodeImage(await readFile(path), path));
console.log(best ? `${best.label} ${best.score.toFixed(4)}` : 'nothing');
detector.dispose();
