import { writtenOut } from "../image_text.ts";
import type { PlannedImage } from "../plan.ts";

/** The text of an image, written out when it is read: it may be megabytes long. */
const PLACEHOLDER = {
  get(this: PlannedImage): string {
    return writtenOut(this.parts!);
  },
  enumerable: true,
  configurable: true,
};

/** Returns an image with more facts, or others, than it has. Its text is not written out. */
export function imageWith(image: PlannedImage, facts: Partial<PlannedImage>): PlannedImage {
  if (!image.parts) return withPlaceholder({ ...image, ...facts });
  const fields = { ...Object.getOwnPropertyDescriptors(image), ...Object.getOwnPropertyDescriptors(facts) };
  return withPlaceholder(Object.defineProperties({}, fields) as PlannedImage);
}

/** Gives an image whose text is in parts its placeholder, and returns it. */
export function withPlaceholder(image: PlannedImage): PlannedImage {
  return image.parts ? Object.defineProperty(image, "placeholder", PLACEHOLDER) : image;
}
