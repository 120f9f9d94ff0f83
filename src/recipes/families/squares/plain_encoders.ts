import type { Fields } from "../../fields.ts";
import { CLIP, HALVES } from "../../parts/common_fields.ts";
import { plainProcessor } from "../../parts/plain_processor.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

// Classes that differ from one another in their defaults alone.

/**
 * ViT and the encoders that take its pictures. Every picture is stretched to `size`.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`.
 *
 * Source: transformers `models/vit/image_processing_vit.py`, `image_processing_pil_vit.py`.
 */
export function vit(fields: Fields): ProcessorRecipe {
  return plainProcessor("vit", fields, {
    filter: "bilinear",
    ...HALVES,
    size: { height: 224, width: 224 },
    numberMeans: "square",
  });
}

/**
 * BLIP, BLIP-2 and InstructBLIP. Every picture is stretched to `size`.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. `num_query_tokens`, which the files of BLIP-2 have,
 * is how many tokens a picture becomes; `image_token` is one token's text. Without the first there is no
 * count.
 *
 * Source: transformers `models/blip/image_processing_blip.py`, `image_processing_pil_blip.py`;
 * `models/blip_2/processing_blip_2.py`.
 */
export function blip(fields: Fields): ProcessorRecipe {
  const tokens = fields.count("num_query_tokens"), token = fields.text("image_token") ?? "<image>";
  return plainProcessor("blip", fields, {
    filter: "bicubic",
    ...CLIP,
    size: { height: 384, width: 384 },
    numberMeans: "square",
    expansion: tokens === undefined ? {} : { tokens, parts: [[token, tokens]] },
  });
}

/**
 * Chinese-CLIP. A picture's shorter side is resized to `size`, and its middle `crop_size` is kept.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`.
 *
 * Source: transformers `models/chinese_clip/image_processing_chinese_clip.py`,
 * `image_processing_pil_chinese_clip.py`.
 */
export function chineseClip(fields: Fields): ProcessorRecipe {
  return plainProcessor("chinese_clip", fields, {
    filter: "bicubic",
    ...CLIP,
    size: { shortest_edge: 224 },
    crop: { height: 224, width: 224 },
  });
}

/**
 * Idefics. Every picture is stretched to a square of `image_size`, which has precedence over `size`.
 * Transparency is composited over white. One token stands for a picture.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. Python returns the tensor itself, under no name.
 *
 * Source: transformers `models/idefics/image_processing_pil_idefics.py`; `processing_idefics.py`.
 */
export function idefics(fields: Fields): ProcessorRecipe {
  const channels = fields.count("image_num_channels") ?? 3;
  if (channels !== 3) throw fields.bad("image_num_channels", "3: pictures are always converted to RGB");
  const mark = "<fake_token_around_image>";
  return plainProcessor("idefics", fields, {
    filter: "bicubic",
    ...CLIP,
    size: { height: 224, width: 224 },
    sizeGiven: exactSize(fields, "image_size"),
    numberMeans: "square",
    alpha: "white",
    expansion: { tokens: 1, parts: [`${mark}<image>${mark}`] },
  });
}

/**
 * TIPS v2. Every picture is stretched to `size`. Bytes become 0 to 1 and are not normalised.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`.
 *
 * Source: transformers `models/tipsv2/image_processing_tipsv2.py`.
 */
export function tipsV2(fields: Fields): ProcessorRecipe {
  for (const field of ["image_mean", "image_std"]) {
    if (fields.boolean("do_normalize") && fields.value(field) == null) {
      throw fields.bad(field, "three numbers where do_normalize is true: the class has none of its own");
    }
  }
  return plainProcessor("tipsv2", fields, {
    filter: "bilinear",
    mean: [0, 0, 0],
    std: [1, 1, 1],
    normalize: false,
    size: { height: 448, width: 448 },
    numberMeans: "square",
  });
}

/**
 * PI0. A picture becomes as large as `size` allows, and lies at the top left of `pad_size`, zeros around it.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. `image_seq_length` is how many tokens the encoder
 * makes of a picture; no text stands for them.
 *
 * Source: transformers `models/pi0/image_processing_pi0.py`, `processing_pi0.py`.
 */
export function pi0(fields: Fields): ProcessorRecipe {
  return plainProcessor("pi0", fields, {
    filter: "bicubic",
    ...HALVES,
    size: { max_height: 224, max_width: 224 },
    pad: { height: 224, width: 224 },
    expansion: { tokens: fields.count("image_seq_length") },
  });
}

/**
 * Chameleon. A picture's shorter side is resized to `size`, and its middle `crop_size` is kept. Transparency
 * is composited over white.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. `image_seq_length` is how many tokens a picture
 * becomes, 1024 by default; `image_token` is one token's text.
 *
 * Source: transformers `models/chameleon/image_processing_chameleon.py`, `image_processing_pil_chameleon.py`;
 * `processing_chameleon.py`.
 */
export function chameleon(fields: Fields): ProcessorRecipe {
  const tokens = fields.count("image_seq_length") ?? 1024, token = fields.text("image_token") ?? "<image>";
  return plainProcessor("chameleon", fields, {
    filter: "lanczos",
    mean: [1, 1, 1],
    std: [1, 1, 1],
    rescale: 0.0078,
    size: { shortest_edge: 512 },
    crop: { height: 512, width: 512 },
    alpha: "white-truncated",
    expansion: { tokens, parts: ["<racm3:break>", [token, tokens], "<eoss>"] },
  });
}

/**
 * PP-Chart2Table. Every picture is stretched to `size`.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. Its processor leaves the text as it stands.
 *
 * Source: transformers `models/pp_chart2table/image_processing_pp_chart2table.py`,
 * `image_processing_pil_pp_chart2table.py`.
 */
export function ppChart2Table(fields: Fields): ProcessorRecipe {
  return plainProcessor("pp_chart2table", fields, {
    filter: "bicubic",
    ...CLIP,
    size: { height: 1024, width: 1024 },
    numberMeans: "square",
  });
}
