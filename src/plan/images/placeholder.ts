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

/** Gives an image whose text is in parts its placeholder, and returns it. */
export function withPlaceholder(image: PlannedImage): PlannedImage {
  return image.parts ? Object.defineProperty(image, "placeholder", PLACEHOLDER) : image;
}
