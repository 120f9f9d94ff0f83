import type { Case } from "./samples_cases.ts";

/** A width and a height. */
type Pair = [width: number, height: number];

/** The families of documents, in configs to walk each once. */
export const DOCUMENT_CONFIGS: Record<string, readonly Record<string, unknown>[]> = {
  donut: [
    { size: [480, 640] },
    { size: { height: 300, width: 400 }, do_resize: false },
    { do_thumbnail: false, size: 200 },
  ],
  fuyu: [{}, { size: { height: 300, width: 400 }, padding_value: 0 }],
  kosmos2_5: [{ max_patches: 512 }],
  pix2struct: [{ max_patches: 512 }, { max_patches: 300, patch_size: { height: 10, width: 20 } }],
  nougat: [
    { do_crop_margin: false },
    { do_crop_margin: false, backend: "pil", do_resize: false, size: { height: 80, width: 100 } },
  ],
  pp_chart2table: [{}],
};

/** Calls of three small pictures. What they return is worked out by hand from each class's formulas. */
export const DOCUMENT_SAMPLES: Case[] = [
  {
    type: "DonutImageProcessor",
    config: { size: [50, 60] }, // width, height
    flat: { pixel_values: { shape: [2, 3, 60, 50] } },
    nested: { pixel_values: { shape: [3, 3, 60, 50] } },
  },
  {
    type: "PPChart2TableImageProcessor",
    config: { size: 40 },
    flat: { pixel_values: { shape: [2, 3, 40, 40] } },
    nested: { pixel_values: { shape: [3, 3, 40, 40] } },
  },
];

/** The text of a picture, worked out by hand from each processor's formula. */
export const DOCUMENT_PLACEHOLDERS = [
  {
    source: "models/fuyu/image_processing_fuyu.py, preprocess_with_tokenizer_info: patches line by line",
    config: { image_processor_type: "FuyuImageProcessor" },
    size: { width: 61, height: 31 },
    tokens: 6,
    placeholder: "|SPEAKER||SPEAKER||SPEAKER||NEWLINE|".repeat(2),
  },
  {
    source: "models/fuyu/image_processing_fuyu.py, get_num_patches: a canvas that is not of whole patches",
    config: { image_processor_type: "FuyuImageProcessor", size: { width: 100, height: 90 } },
    size: { width: 1000, height: 900 },
    tokens: undefined,
    placeholder: undefined,
  },
  {
    source: "models/kosmos2_5/processing_kosmos2_5.py, __call__: num_image_tokens between two marks",
    config: { image_processor_type: "Kosmos2_5ImageProcessor", num_image_tokens: 3 },
    size: { width: 61, height: 31 },
    tokens: 3,
    placeholder: "<image><s><s><s></image>",
  },
  {
    source: "models/pix2struct/processing_pix2struct.py, __call__: no text",
    config: { image_processor_type: "Pix2StructImageProcessor" },
    size: { width: 61, height: 31 },
    tokens: undefined,
    placeholder: undefined,
  },
  {
    source: "models/donut/processing_donut.py, __call__: no text",
    config: { image_processor_type: "DonutImageProcessor" },
    size: { width: 61, height: 31 },
    tokens: undefined,
    placeholder: undefined,
  },
];

/** Configs that make no sense, by class, and how the error names what is wrong. */
export const DOCUMENT_REFUSED: Record<string, [config: Record<string, unknown>, message: string][]> = {
  DonutImageProcessor: [
    [{ size: [1920, 0] }, "size is a list [width, height]"],
    [{ size: { shortest_edge: 1920 } }, "size is an object with height and width"],
    [{ do_center_crop: true }, "do_center_crop is false"],
    [{ do_thumbnail: "yes" }, `do_thumbnail is true or false, found "yes"`],
    [{ do_crop_margin: true }, `no field "do_crop_margin"`],
  ],
  FuyuImageProcessor: [
    [{ padding_mode: "edge" }, `padding_mode is "constant"`],
    [{ padding_value: 0.5 }, "padding_value is a byte"],
    [{ patch_size: { shortest_edge: 30 } }, "patch_size is an object with height and width"],
    [{ variable_sized: true }, `no field "variable_sized"`],
  ],
  Kosmos2_5ImageProcessor: [
    [{ do_normalize: false }, "do_normalize is true: the Python code fails without"],
    [{ max_patches: 0 }, "max_patches is a whole number above 0"],
    [{ is_vqa: false }, `no field "is_vqa"`],
  ],
  NougatImageProcessor: [
    [{}, "do_crop_margin is false: margins are found in the pixels"],
    [{ size: [896], do_crop_margin: false }, "size is "],
    [{ gray_threshold: 200, do_crop_margin: false }, `no field "gray_threshold"`],
  ],
  Pix2StructImageProcessor: [
    [{ is_vqa: true }, "is_vqa is false: no question is drawn above pictures"],
    [{ patch_size: { shortest_edge: 16 } }, "patch_size is an object with height and width"],
    [{ num_image_tokens: 3 }, `no field "num_image_tokens"`],
  ],
  PPChart2TableImageProcessor: [
    [{ size: { longest_edge: 1024 } }, "size is either height and width"],
    [{ patch_size: 16 }, `no field "patch_size"`],
  ],
};

/** Pictures that a class takes, and the next ones that it refuses. */
export const DOCUMENT_EDGES: Record<string, [config: object, taken: Pair, refused: Pair, message: string][]> =
  {
    DonutImageProcessor: [
      [{}, [1920, 1], [1921, 1], "1921x1: its thumbnail would be 1920x0"],
      [{ do_align_long_axis: true }, [30, 40], [40, 30], "40x30: do_align_long_axis turns it"],
      [
        { backend: "pil", do_thumbnail: false, size: { width: 30, height: 40 } },
        [3, 4],
        [3, 5],
        "3x5: it is larger than size",
      ],
    ],
    NougatImageProcessor: [
      [{ do_crop_margin: false }, [672, 1], [673, 1], "673x1: its thumbnail would be 672x0"],
    ],
    FuyuImageProcessor: [
      [{}, [1920, 1], [1921, 1], "1921x1: it would become 1920x0"],
      [{ do_resize: false }, [1920, 1080], [1920, 1081], "1920x1081: do_resize is false, and it is larger"],
    ],
  };
