import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import type { Fields } from "../../fields.ts";

/** Returns the text that stands for a picture of so many tiles, the whole picture among them. */
export type TileText = (tiles: number) => ImageText;

/**
 * Reads how the processor that a config names writes pictures: AyaVisionProcessor, InternVLProcessor,
 * QianfanOCRProcessor, or else GotOcr2Processor. A tile becomes `image_seq_length` tokens, 256 by default;
 * Aya's becomes as many as `img_size` has groups of `patch_size` · `downsample_factor` pixels.
 *
 * Source: transformers `models/aya_vision/processing_aya_vision.py`,
 * `models/internvl/processing_internvl.py`, `models/qianfan_ocr/processing_qianfan_ocr.py` and
 * `models/got_ocr2/processing_got_ocr2.py`.
 */
export function tileText(fields: Fields): TileText {
  const processor = fields.text("processor_class");
  if (processor === "AyaVisionProcessor") return ayaText(fields);
  const each = fields.count("image_seq_length") ?? 256;
  const token = processor === "InternVLProcessor" || processor === "QianfanOCRProcessor"
    ? "<IMG_CONTEXT>"
    : "<imgpad>";
  const mark = processor === "QianfanOCRProcessor"
    ? fields.text("image_placeholder_token") ?? "<image>"
    : token;
  return (tiles) => ({
    tokens: tiles * each,
    parts: ["<img>", [token, tiles * each], "</img>"],
    token,
    mark,
    typed: "marks",
  });
}

/** Aya Vision's tiles have names, and the whole picture is the last. */
function ayaText(fields: Fields): TileText {
  const side = fields.count("img_size") ?? 364;
  const group = (fields.count("patch_size") ?? 28) * (fields.count("downsample_factor") ?? 1);
  const each = Math.floor(side / group) ** 2;
  const mark = fields.text("image_token") ?? "<image>";
  const token = fields.text("img_patch_token") ?? "<|IMG_PATCH|>";
  const start = fields.text("start_of_img_token") ?? "<|START_OF_IMG|>";
  const end = fields.text("end_of_img_token") ?? "<|END_OF_IMG|>";
  const name = fields.text("tile_token") ?? "TILE", whole = fields.text("tile_global_token") ?? "TILE_GLOBAL";
  return (tiles) => {
    const names = [...Array.from({ length: tiles - 1 }, (_, index) => `${name}_${index + 1}`), whole];
    const parts = [start, ...names.flatMap((tile): TextPart[] => [tile, [token, each]]), end];
    return { tokens: tiles * each, parts, token, mark, typed: "marks" };
  };
}
