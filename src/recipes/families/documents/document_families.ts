import type { Family } from "../family.ts";

/** The families of documents: pages, charts and screens. */
export const DOCUMENT_FAMILIES: readonly Family[] = [
  {
    name: "donut",
    models: "Donut",
    types: ["DonutImageProcessor"],
    alcove: "documents",
    nullIsAbsent: ["size"],
  },
  {
    name: "fuyu",
    models: "Fuyu",
    types: ["FuyuImageProcessor"],
    alcove: "documents",
    readsSize: true,
  },
  {
    name: "kosmos2_5",
    models: "Kosmos-2.5",
    types: ["Kosmos2_5ImageProcessor"],
    alcove: "documents",
    passed: { Kosmos2_5Processor: { max_patches: 4096 } },
    checks: ["size", "crop_size", "pad_size"],
    resizeCheck: "never",
    nullIsAbsent: ["image_mean", "image_std", "rescale_factor"],
  },
  {
    name: "nougat",
    models: "Nougat",
    types: ["NougatImageProcessor"],
    alcove: "documents",
    readsSize: true,
  },
  {
    name: "pix2struct",
    models: "Pix2Struct, MatCha, DePlot",
    types: ["Pix2StructImageProcessor"],
    alcove: "documents",
    passed: { Pix2StructProcessor: { max_patches: 2048 } },
    checks: ["size", "crop_size", "pad_size"],
    resizeCheck: "never",
    nullIsAbsent: ["image_mean", "image_std", "rescale_factor"],
  },
  {
    name: "pp_chart2table",
    models: "PP-Chart2Table",
    types: ["PPChart2TableImageProcessor"],
    alcove: "squares",
  },
];
