import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { vitrail } from "../../support/vitrail.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { golden } from "../../support/golden/golden.ts";
import { python, withPython } from "../../support/python.ts";
import type { Synthetic } from "../../support/pictures/synthetic.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";

/** The lines that the README gives. */
const README = await Deno.readTextFile(new URL("../../../README.md", import.meta.url));
const READER = /```python\n([^]*?)```/.exec(README)![1];

/** Prints batches as JSON, each picture as its shape, its dtype and the sha256 of its bytes. */
const PRINT = `
import hashlib, sys
def shown(value):
    if isinstance(value, np.ndarray):
        return [list(value.shape), value.dtype.str, hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()]
    if isinstance(value, list): return [shown(item) for item in value]
    if isinstance(value, dict): return {key: shown(item) for key, item in value.items()}
    return value
print(json.dumps([shown(item) for item in batches(sys.argv[1], int(sys.argv[2]))]))
`;

/** The rows that the reference's transforms give of a picture, as \`shown\` prints them. */
interface Reference {
  src: Synthetic;
  pipeline: string;
  grid_hw: [number, number];
  norm_sha256: string;
}

const REFERENCES = golden<{ records: Reference[] }>("ixc").records
  .filter(({ pipeline }) => pipeline === "ixc25_ft_hd18");

function referenceOf(w: number, h: number): Reference {
  return REFERENCES.find(({ src }) => src.w === w && src.h === h)!;
}

/** A picture as ImageProcessorHD gives it, with the batch axis that Mix_dataset adds. */
function tensorOf({ grid_hw: [h, w], norm_sha256 }: Reference): unknown {
  return [[1, 3, h * 560, w * 560], "<f4", norm_sha256];
}

const WIDE = referenceOf(640, 480), TALL = referenceOf(480, 640), SMALL = referenceOf(220, 343);
const STRIP = referenceOf(50, 4000);

/**
 * The three kinds of files that the format's description has: text only, one picture, and several of both.
 */
const TEXT_ONLY = [
  {
    id: 0,
    conversations: turns("What is lead came?", "Strips that hold the panes.", " Of what? ", "Of lead.\n"),
  },
  { id: 1, conversations: turns("Où est-ce ? 在哪里？", "À Chartres 🪟") },
];
const ONE_PICTURE = [
  { id: 0, conversations: turns("Describe the window.", "It is blue."), image: "wide.png" },
  { id: 1, conversations: turns("What does <ImageHere> show?", "Noise."), image: ["small.png"] },
];
const SEVERAL = [{
  id: "a",
  conversations: turns(
    "Image1 <ImageHere>; Image2 <ImageHere>; Which is taller?",
    "Image2.",
    "And of Image2 and Image3 <ImageHere>?",
    "Image3.",
  ),
  image: ["wide.png", "tall.png", "strip.png"],
}, { id: "b", conversations: turns("<ImageHere><ImageHere>", "Twice."), image: ["tall.png", "tall.png"] }];

const USER = "[UNUSED_TOKEN_146]user\n", BOT = "[UNUSED_TOKEN_146]assistant\n", END = "[UNUSED_TOKEN_145]\n";

Deno.test("README.md has a reader of about thirty lines", () => {
  const lines = READER.split("\n").filter((line) => line.trim() !== "");
  assert(lines.length <= 40, String(lines.length));
});

await withPython(
  "vitrail sft writes of the three kinds of example files what the reference feeds its model",
  () =>
    inFolder(async (folder) => {
      for (const [name, { src }] of Object.entries({ wide: WIDE, tall: TALL, small: SMALL, strip: STRIP })) {
        await writePicture(folder, `${name}.png`, src);
      }
      const batchesOf = async (name: string, samples: unknown[], size: number) => {
        const data = await writeSamples(folder, `${name}.json`, samples), out = join(folder, name);
        const flags = ["--recipe", "ixc25", "--image-root", folder, "--out", out, "--executor", "reference"];
        const { status, err } = await vitrail("sft", data, ...flags);
        assertEquals(status, 0, err);
        return JSON.parse(await python(READER + PRINT, join(out, "shard-00000.safetensors"), String(size)));
      };
      const texts = [
        `${USER}What is lead came?${END}${BOT}Strips that hold the panes.${END}${USER}Of what?${END}${BOT}Of lead.${END}</s>`,
        `${USER}Où est-ce ? 在哪里？${END}${BOT}À Chartres 🪟${END}</s>`,
      ];
      assertEquals(await batchesOf("only_text", TEXT_ONLY, 1), [
        { text_input: [texts[0]], data_type: ["text"] },
        { text_input: [texts[1]], data_type: ["text"] },
      ]);
      // Where a single picture has no placeholder, interleav_wrap puts one before the text; here it is there
      // already.
      const one = [
        `<ImageHere>${USER}Describe the window.${END}${BOT}It is blue.${END}</s>`,
        `${USER}What does <ImageHere> show?${END}${BOT}Noise.${END}</s>`,
      ];
      assertEquals(await batchesOf("one_picture", ONE_PICTURE, 2), [
        { text_input: [one], image: [[[tensorOf(WIDE)], [tensorOf(SMALL)]]], data_type: ["multi"] },
      ]);
      const both =
        `${USER}Image1 <ImageHere>; Image2 <ImageHere>; Which is taller?${END}${BOT}Image2.${END}` +
        `${USER}And of Image2 and Image3 <ImageHere>?${END}${BOT}Image3.${END}</s>`;
      const twice = `${USER}<ImageHere><ImageHere>${END}${BOT}Twice.${END}</s>`;
      assertEquals(await batchesOf("several", [TEXT_ONLY[1], ...SEVERAL], 2), [
        {
          text_input: [[both, twice]],
          image: [[[WIDE, TALL, STRIP].map(tensorOf), [TALL, TALL].map(tensorOf)]],
          data_type: ["multi"],
        },
        { text_input: [texts[1]], data_type: ["text"] },
      ]);
    }),
);

await withPython(
  "README.md has a reader that gives the numbers of bf16, to their last bit",
  () =>
    inFolder(async (folder) => {
      await writePicture(folder, "small.png", SMALL.src);
      const data = await writeSamples(folder, "data.json", [{
        conversations: turns("?", "!"),
        image: "small.png",
      }]);
      for (const dtype of ["f32", "bf16"]) {
        const flags = [
          "--recipe",
          "ixc25",
          "--image-root",
          folder,
          "--executor",
          "reference",
          "--dtype",
          dtype,
        ];
        assertEquals((await vitrail("sft", data, ...flags, "--out", join(folder, dtype))).status, 0);
      }
      const compare = `
import sys
f, b = [next(batches(f"{sys.argv[1]}/{dtype}/shard-00000.safetensors"))["image"][0][0][0] for dtype in ("f32", "bf16")]
near = np.abs(f - b) <= np.abs(f) * 2.0**-8
print(json.dumps([b.dtype.str, list(b.shape) == list(f.shape), bool(near.all()), bool((b.view("<u4") & 0xffff == 0).all())]))
`;
      assertEquals(JSON.parse(await python(READER + compare, folder)), ["<f4", true, true, true]);
    }),
);
