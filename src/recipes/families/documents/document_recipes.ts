import type { AlcoveRecipes } from "../family.ts";
import { donut } from "./donut.ts";
import { fuyu } from "./fuyu.ts";
import { nougat } from "./nougat.ts";
import { kosmos25, pix2Struct } from "./pix2struct.ts";

/** The recipes of families that read pages. */
export const DOCUMENT_RECIPES: AlcoveRecipes = {
  donut,
  fuyu,
  kosmos2_5: kosmos25,
  nougat,
  pix2struct: pix2Struct,
};
