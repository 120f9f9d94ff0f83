import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { BOX_STYLES, type BoxStyle } from "../../../src/sft/boxes/box_style.ts";
import { boxedTexts } from "../../../src/sft/boxes/boxed_texts.ts";
import type { Sample, SampleObjects } from "../../../src/sft/data/sample.ts";
import type { TextOf } from "../../../src/sft/text/sample_text.ts";

const JOINED: TextOf = (sample) => ({ text: sample.conversations.map(({ value }) => value).join("|") });

/** Two pictures; the first becomes 84 × 56, the second 112 × 140. */
const PICTURES = [{ width: 90, height: 60 }, { width: 100, height: 150 }];
const QWEN = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor", min_pixels: 28 * 28 });
const { images: IMAGES } = planSample(QWEN, PICTURES);

function sample(objects: SampleObjects, ...values: string[]): Sample {
  const conversations = values.map((value, index) => ({ from: index % 2 === 0 ? "human" : "gpt", value }));
  return { conversations, images: ["a", "b"], objects };
}

function styleNamed(name: string): BoxStyle {
  return BOX_STYLES.find((style) => style.name === name)!;
}

function boxed(objects: SampleObjects, style: string, ...values: string[]): string {
  return boxedTexts(JOINED, styleNamed(style), "it")(sample(objects, ...values), IMAGES, "sample 7").text;
}

Deno.test("boxedTexts writes boxes, points and names as each style does", () => {
  assertEquals(IMAGES.map(({ content: { width, height } }) => [width, height]), [[84, 56], [112, 140]]);
  const objects = {
    ref: ["a dog", "the cat"],
    bbox: [[9, 6, 45, 33], [50, 75], [0, 0, 100, 150]],
    image_id: [0, 1, 1],
  };
  // 9 of 90 is 0.1; 6 of 60 is 0.1; 45 is a half, and 33 of 60 is 0.55, or 30.8 of 56 pixels.
  const cases: Record<string, string> = {
    pixels: "a dog?|[8, 6, 42, 31] the cat|[56, 70]|[0, 0, 112, 140]",
    thousandths: "a dog?|[100, 100, 500, 550] the cat|[500, 500]|[0, 0, 1000, 1000]",
    shares: "a dog?|[0.1, 0.1, 0.5, 0.55] the cat|[0.5, 0.5]|[0.0, 0.0, 1.0, 1.0]",
    "qwen2-vl": "<|object_ref_start|>a dog<|object_ref_end|>?|" +
      "<|box_start|>(100,100),(500,550)<|box_end|> <|object_ref_start|>the cat<|object_ref_end|>|" +
      "<|box_start|>(500,500)<|box_end|>|<|box_start|>(0,0),(1000,1000)<|box_end|>",
    internvl: "<ref>a dog</ref>?|<box>[[100, 100, 500, 550]]</box> <ref>the cat</ref>|" +
      "<box>[[500, 500]]</box>|<box>[[0, 0, 1000, 1000]]</box>",
    glm: "a dog?|<|begin_of_box|>[[100,100,500,550]]<|end_of_box|> the cat|[[500,500]]|" +
      "<|begin_of_box|>[[0,0,1000,1000]]<|end_of_box|>",
  };
  for (const [style, text] of Object.entries(cases)) {
    assertEquals(boxed(objects, style, "<ref-object>?", "<bbox> <ref-object>", "<bbox>", "<bbox>"), text);
  }
  // These have no form for points. The second picture's box: 25 of 100 is a quarter, and 30 of 150 a fifth.
  const boxes = { ref: ["a dog"], bbox: [[9, 6, 45, 33], [25, 30, 100, 150]], image_id: [0, 1] };
  const others: Record<string, string> = {
    deepseek: "<|ref|>a dog<|/ref|> <|det|>[[100, 100, 500, 549]]<|/det|>?|" +
      "<|det|>[[250, 200, 999, 999]]<|/det|>",
    paligemma: "a dog <loc0102><loc0102><loc0563><loc0512>?|<loc0205><loc0256><loc1023><loc1023>",
    // Cells 3 to 15 across and 3 to 17 down; cells 8 to 31 and 6 to 31.
    "kosmos-2": "<phrase>a dog</phrase> <object><patch_index_0099><patch_index_0559></object>?|" +
      "<object><patch_index_0200><patch_index_1023></object>",
    llava: "a dog [0.1, 0.1, 0.5, 0.55]?|[0.25, 0.2, 1.0, 1.0]",
  };
  for (const [style, text] of Object.entries(others)) {
    assertEquals(boxed(boxes, style, "<ref-object> <bbox>?", "<bbox>"), text);
  }
  const known = [...Object.keys(cases), ...Object.keys(others)];
  assertEquals(known.sort(), BOX_STYLES.map(({ name }) => name).sort());
});

/** The numbers of a box as shares of its picture, from what a style writes, and how far off they may be. */
const READ: Record<string, (numbers: number[]) => { box: number[]; off: number }> = {
  thousandths: (numbers) => ({ box: numbers.map((side) => side / 1000), off: 1 / 2000 }),
  glm: (numbers) => ({ box: numbers.map((side) => side / 1000), off: 1 / 2000 }),
  internvl: (numbers) => ({ box: numbers.map((side) => side / 1000), off: 1 / 2000 }),
  "qwen2-vl": (numbers) => ({ box: numbers.map((side) => side / 1000), off: 1 / 2000 }),
  shares: (numbers) => ({ box: numbers, off: 1 / 2000 }),
  deepseek: (numbers) => ({ box: numbers.map((side) => side / 999), off: 1 / 1998 }),
  paligemma: ([y1, x1, y2, x2]) => ({ box: [x1, y1, x2, y2].map((side) => side / 1023), off: 1 / 2046 }),
  "kosmos-2": ([first, last]) => {
    const cells = [first % 32, Math.floor(first / 32), last % 32 + 1, Math.floor(last / 32) + 1];
    return { box: cells.map((side) => side / 32), off: 1 / 32 };
  },
  pixels: (numbers) => ({ box: numbers.map((side, at) => side / (at % 2 ? 140 : 112)), off: 1 / 224 }),
  llava: (numbers) => ({ box: numbers, off: 1 / 200 }),
};

Deno.test("BOX_STYLES write boxes that can be read again, within their pictures", () => {
  assertEquals(Object.keys(READ).sort(), BOX_STYLES.map(({ name }) => name).sort());
  for (let round = 0; round < 200; round++) {
    const at = (step: number) => (round * 37 + step * 11) % 90 / 100;
    const share = [at(0), at(1), at(0) + (1 - at(0)) * (round % 7 + 1) / 7, at(1) + (1 - at(1)) * 0.6];
    const objects = { bbox: [share.map((side, i) => side * (i % 2 ? 150 : 100))], image_id: [1] };
    for (const [style, read] of Object.entries(READ)) {
      const text = boxed(objects, style, "<bbox>").replaceAll("loc0", "loc").replace("|det|", "");
      const { box, off } = read(text.match(/\d+(\.\d+)?/g)!.map(Number));
      for (const [i, side] of box.entries()) {
        const far = Math.abs(side - share[i]);
        assert(far <= off + 1e-9 && side >= 0 && side <= 1, `${style}: ${text} is ${box}, not ${share}`);
      }
    }
  }
});

Deno.test("boxedTexts marks boxes of GLM in the model's answers alone", () => {
  const bbox = [[9, 6, 45, 33], [50, 30]];
  assertEquals(
    boxed({ bbox }, "glm", "<bbox>?", "<bbox>"),
    "[[100,100,500,550]]?|<|begin_of_box|>[[556,500]]<|end_of_box|>",
  );
});

Deno.test("boxedTexts writes LLaVA's boxes on the padded square", () => {
  const llava = recipeFromConfig({ image_processor_type: "LlavaImageProcessor", do_pad: true });
  // 90 x 60 is padded to 90 x 90 by 15 lines above and below: 6 lies at 21, and 33 at 48.
  const { images } = planSample(llava, PICTURES);
  const texts = boxedTexts(JOINED, styleNamed("llava"), "it");
  const box = (...bbox: number[]) => texts(sample({ bbox: [bbox] }, "<bbox>"), images, "s").text;
  assertEquals(box(9, 6, 45, 33), "[0.1, 0.23, 0.5, 0.53]");
  assertEquals(box(0, 0, 90, 60), "[0.0, 0.17, 1.0, 0.83]");
});

Deno.test("boxedTexts names a box that a style has no form for", () => {
  const clip = recipeFromConfig({
    image_processor_type: "CLIPImageProcessor",
    size: { shortest_edge: 60 },
    crop_size: { height: 60, width: 60 },
  });
  const cropped = planSample(clip, PICTURES).images;
  const cases: [style: string, box: number[], images: typeof IMAGES, words: string][] = [
    ["deepseek", [1, 2], IMAGES, "is a point, and it is not known how models of --boxes deepseek write one"],
    [
      "paligemma",
      [1, 2],
      IMAGES,
      "is a point, and it is not known how models of --boxes paligemma write one",
    ],
    ["kosmos-2", [1, 2, 1, 9], IMAGES, "has no area, and --boxes kosmos-2 writes the cells that it covers"],
    ["llava", [0, 2, 9, 9], cropped, "lies outside of what is left of its picture, which is cropped"],
  ];
  for (const [style, box, images, words] of cases) {
    const texts = boxedTexts(JOINED, styleNamed(style), "it");
    const error = assertThrows(() => texts(sample({ bbox: [box] }, "<bbox>"), images, "s"), VitrailError);
    assertEquals([error.code, error.message], [
      "dataset",
      `s: objects.bbox[0], [${box.join(", ")}], ${words}`,
    ]);
  }
});

Deno.test("boxedTexts rounds halves to even numbers, as Python does", () => {
  // 84 of 90 pixels: 15 become 14, 7.5 become 7 and 22.5 become 21; 56 of 60: 3.75 become 3.5, 5.357… 5.
  const bbox = [[15, 3.75, 22.5, 5.3571428571428]];
  assertEquals(boxed({ bbox }, "pixels", "?", "<bbox>"), "?|[14, 4, 21, 5]");
  assertEquals(boxed({ bbox: [[0.045, 0.027]] }, "thousandths", "?", "<bbox>"), "?|[0, 0]");
  assertEquals(boxed({ bbox: [[0.135, 0.15]] }, "thousandths", "?", "<bbox>"), "?|[2, 2]");
});

Deno.test("boxedTexts takes shares, and clips for no pictures", () => {
  const objects = { bbox: [[0.5, 0.25, 1, 1]], bbox_type: "norm1", image_id: [1] };
  assertEquals(boxed(objects, "pixels", "?", "<bbox>"), "?|[56, 35, 112, 140]");
  const images = [{ ...IMAGES[0], video: true } as const, IMAGES[1]];
  const texts = boxedTexts(JOINED, styleNamed("pixels"), "it");
  assertEquals(texts(sample({ bbox: [[50, 75]] }, "<bbox>"), images, "sample 7").text, "[56, 70]");
});

Deno.test("boxedTexts follows a picture through its crop and its padding", () => {
  const clip = recipeFromConfig({
    image_processor_type: "CLIPImageProcessor",
    size: { shortest_edge: 100 },
    crop_size: { height: 100, width: 100 },
  });
  // 300 × 200 becomes 150 × 100, of which the middle 100 columns stay: 25 are cut off at the left.
  const { images } = planSample(clip, [{ width: 300, height: 200 }]);
  const texts = boxedTexts(JOINED, styleNamed("pixels"), "it");
  assertEquals(
    texts(sample({ bbox: [[100, 60, 210, 200]] }, "<bbox>"), images, "s").text,
    "[25, 30, 80, 100]",
  );
});

Deno.test("boxedTexts names a box that is none, lies outside, or has no mark", () => {
  const cases: [SampleObjects, string, string][] = [
    [
      { bbox: [[1, 2, 3]] },
      "<bbox>",
      "objects.bbox[0], [1, 2, 3], is no box, expected [x1, y1, x2, y2], or a point, [x, y]",
    ],
    [
      { bbox: [[1, 2], [1, 2, 91, 9]] },
      "<bbox><bbox>",
      "objects.bbox[1], [1, 2, 91, 9], lies outside of picture 0, 90x60",
    ],
    [{ bbox: [[-1, 2]] }, "<bbox>", "objects.bbox[0], [-1, 2], lies outside of picture 0, 90x60"],
    [
      { bbox: [[1, 2]], image_id: [2] },
      "<bbox>",
      "objects.bbox[0], [1, 2], is of picture 2, and the sample has 2, from 0",
    ],
    [
      { bbox: [[0.1, 1.1]], bbox_type: "norm1" },
      "<bbox>",
      "objects.bbox[0], [0.1, 1.1], has shares that are not 0 to 1",
    ],
    [
      { bbox: [[5, 2, 1, 9]] },
      "<bbox>",
      "objects.bbox[0], [5, 2, 1, 9], has its corners in the wrong order, expected left, top, right, bottom",
    ],
    [
      { bbox: [[1, 2]], bbox_type: "norm1000" },
      "<bbox>",
      'objects.bbox_type is "norm1000", expected real or norm1',
    ],
    [{ bbox: [[1, 2]] }, "?", "objects.bbox has 1, and the turns have 0 <bbox>; each wants one there"],
    [
      { bbox: [], ref: ["a"] },
      "<ref-object><ref-object>",
      "objects.ref has 1, and the turns have 2 <ref-object>; each wants one there",
    ],
  ];
  for (const [objects, value, message] of cases) {
    const error = assertThrows(() => boxed(objects, "pixels", value), VitrailError);
    assertEquals([error.code, error.message], ["dataset", `sample 7: ${message}`]);
  }
});

Deno.test("boxedTexts asks for a style where it is not known, and for none without boxes", () => {
  const texts = boxedTexts(JOINED, undefined, "it");
  assertEquals(
    texts({ conversations: [{ from: "human", value: "<bbox>" }], images: [] }, [], "s").text,
    "<bbox>",
  );
  const error = assertThrows(() => texts(sample({ bbox: [] }), IMAGES, "sample 7"), VitrailError);
  assertEquals(
    [error.code, error.message],
    [
      "usage",
      "sample 7: it has boxes, and it is not known how the model of it writes them; give --boxes pixels, " +
      "thousandths, shares, qwen2-vl, internvl, glm, deepseek, paligemma, kosmos-2, llava or kept",
    ],
  );
});

Deno.test("boxedTexts writes several boxes of one thing as each style does, or names them", () => {
  const objects = { ref: ["a dog"], bbox: [[9, 6, 45, 33], [0, 0, 90, 60], [0, 0, 45, 60]] };
  const cases: Record<string, string> = {
    pixels: "a dog[8, 6, 42, 31][0, 0, 84, 56], [0, 0, 42, 56]",
    thousandths: "a dog[100, 100, 500, 550][0, 0, 1000, 1000], [0, 0, 500, 1000]",
    shares: "a dog[0.1, 0.1, 0.5, 0.55][0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.5, 1.0]",
    "qwen2-vl": "<|object_ref_start|>a dog<|object_ref_end|><|box_start|>(100,100),(500,550)<|box_end|>" +
      "<|box_start|>(0,0),(1000,1000)<|box_end|>, <|box_start|>(0,0),(500,1000)<|box_end|>",
    internvl: "<ref>a dog</ref><box>[[100, 100, 500, 550], [0, 0, 1000, 1000]]</box>, " +
      "<box>[[0, 0, 500, 1000]]</box>",
    deepseek: "<|ref|>a dog<|/ref|><|det|>[[100, 100, 500, 549], [0, 0, 999, 999]]<|/det|>, " +
      "<|det|>[[0, 0, 500, 999]]<|/det|>",
    "kosmos-2": "<phrase>a dog</phrase><object><patch_index_0099><patch_index_0559>" +
      "</delimiter_of_multi_objects/><patch_index_0000><patch_index_1023></object>, " +
      "<object><patch_index_0000><patch_index_1007></object>",
  };
  for (const [style, text] of Object.entries(cases)) {
    assertEquals(boxed(objects, style, "<ref-object><bbox><bbox>, <bbox>"), text);
  }
  for (const style of ["internvl", "deepseek", "kosmos-2"]) {
    assertEquals(boxed(objects, style, "<ref-object><bbox> <bbox>, <bbox>"), cases[style]);
  }
  const unknown = BOX_STYLES.map(({ name }) => name).filter((name) => !(name in cases));
  assertEquals(unknown, ["glm", "paligemma", "llava"]);
  for (const style of unknown) {
    boxed(objects, style, "<ref-object><bbox>, <bbox>, <bbox>");
    const error = assertThrows(() => boxed(objects, style, "<ref-object><bbox><bbox>, <bbox>"), VitrailError);
    assertEquals([error.code, error.message], [
      "dataset",
      'sample 7: "<bbox><bbox>" are several boxes of one thing, and it is not known how models of --boxes ' +
      `${style} write them; expected words between them`,
    ]);
  }
});
