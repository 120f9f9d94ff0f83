/** Pictures that were built field by field, some of which lie, by both sets of decoders, against Pillow. */

import { rebuiltPicture } from "../../support/fuzz/pictures/rebuilt_pictures.ts";
import type { FuzzRow } from "../fuzz_row.ts";
import { pictureRow } from "../picture_row.ts";

export const open = (): Promise<FuzzRow> => pictureRow(rebuiltPicture);
