/** Mutated pictures of every format, by sharp and by the portable decoders, against Pillow where it is. */

import { mutatedPicture } from "../../support/fuzz/pictures/mutated_pictures.ts";
import type { FuzzRow } from "../fuzz_row.ts";
import { pictureRow } from "../picture_row.ts";

export const open = (): Promise<FuzzRow> => pictureRow(mutatedPicture);
