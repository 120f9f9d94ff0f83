import { donut } from "./donut.ts";
import type { Family } from "../family.ts";
import { fuyu } from "./fuyu.ts";
import { nougat } from "./nougat.ts";
import { kosmos25, pix2Struct } from "./pix2struct.ts";
import { ppChart2Table } from "../squares/plain_encoders.ts";

/** The families of documents: pages, charts and screens. */
export const DOCUMENT_FAMILIES: readonly Family[] = [
  {
    name: "donut",
    models: "Donut",
    types: ["DonutImageProcessor"],
    make: donut,
  },
  {
    name: "fuyu",
    models: "Fuyu",
    types: ["FuyuImageProcessor"],
    make: fuyu,
  },
  {
    name: "kosmos2_5",
    models: "Kosmos-2.5",
    types: ["Kosmos2_5ImageProcessor"],
    passed: { Kosmos2_5Processor: { max_patches: 4096 } },
    make: kosmos25,
  },
  {
    name: "nougat",
    models: "Nougat",
    types: ["NougatImageProcessor"],
    make: nougat,
  },
  {
    name: "pix2struct",
    models: "Pix2Struct, MatCha, DePlot",
    types: ["Pix2StructImageProcessor"],
    passed: { Pix2StructProcessor: { max_patches: 2048 } },
    make: pix2Struct,
  },
  {
    name: "pp_chart2table",
    models: "PP-Chart2Table",
    types: ["PPChart2TableImageProcessor"],
    make: ppChart2Table,
  },
];
