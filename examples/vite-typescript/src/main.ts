/** Finds things in the picture of the page. */
import { createDetector, TilewiseError, type Detection } from 'tilewise';

const picture = document.querySelector<HTMLImageElement>('#picture');
const answer = document.querySelector<HTMLOutputElement>('#answer');

async function detect(image: HTMLImageElement): Promise<Detection[]> {
  await image.decode();
  const detector = await createDetector('centernet', { modelBase: 'models' });
  try {
    return await detector.detect(image);
  } finally {
    detector.dispose();
  }
}

if (picture && answer) {
  try {
    const [best] = await detect(picture);
    answer.textContent = best ? `${best.label} ${best.score.toFixed(4)}` : 'nothing';
  } catch (error) {
    answer.textContent = error instanceof TilewiseError ? `${error.code}: ${error.message}` : String(error);
  }
}
