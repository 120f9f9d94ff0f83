import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { vitrail } from "../../support/vitrail.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { golden } from "../../support/golden/golden.ts";
import { python, withPython } from "../../support/python.ts";
import type { Synthetic } from "../../support/pictures/synthetic.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";

/** The reader that stands beside shards. */
const READER = await Deno.readTextFile(
  new URL("../../../src/sft/shards/vitrail_reader.py", import.meta.url),
);

/** Gives a shard's samples as the reference's collator feeds them, each picture put together of its tiles. */
const BATCHES = `
import sys; sys.modules["torch"] = None
${READER}
def canvases(shard, index):
    pictures, at = shard.items("sample_pictures", index), 0
    for rows, columns in shard.tensor("picture_grid")[pictures]:
        tiles = shard.sample(index)["pixel_values"][at : (at := at + rows * columns)]
        high, wide = rows * tiles.shape[2], columns * tiles.shape[3]
        whole = tiles.reshape(rows, columns, *tiles.shape[1:]).transpose(2, 0, 3, 1, 4)
        yield whole.reshape(1, 3, high, wide)

def batches(path, batch_size):
    shard, groups = Shard(path), {"multi": [], "text": []}
    for index in range(len(shard.tensor("sample_position"))):
        image = list(canvases(shard, index))
        group = groups["multi" if image else "text"]
        group.append((shard.text("text", index), image))
        if len(group) == batch_size:
            yield batch(group)
            group.clear()
    yield from (batch(group) for group in groups.values() if group)

def batch(group):
    texts, images = (list(column) for column in zip(*group))
    if not images[0]: return {"text_input": texts, "data_type": ["text"]}
    return {"text_input": [texts], "image": [images], "data_type": ["multi"]}
`;

/** Prints batches as JSON, each picture as its shape, its dtype and the sha256 of its bytes. */
const PRINT = `
def shown(value):
    if isinstance(value, np.ndarray):
        digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return [list(value.shape), value.dtype.str, digest]
    if isinstance(value, list): return [shown(item) for item in value]
    if isinstance(value, dict): return {key: shown(item) for key, item in value.items()}
    return value
print(json.dumps([shown(item) for item in batches(sys.argv[1], int(sys.argv[2]))]))
`;

/** The reference's transforms of a picture, as `shown` prints them. */
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

/** The three kinds of files in the format's description: text only, one picture, and several of both. */
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

await withPython(
  "shardTensors hold of the three kinds of example files what the reference feeds its model",
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
        return JSON.parse(await python(BATCHES + PRINT, join(out, "shard-00000.safetensors"), String(size)));
      };
      const texts = [
        `${USER}What is lead came?${END}${BOT}Strips that hold the panes.${END}` +
        `${USER}Of what?${END}${BOT}Of lead.${END}</s>`,
        `${USER}Où est-ce ? 在哪里？${END}${BOT}À Chartres 🪟${END}</s>`,
      ];
      assertEquals(await batchesOf("only_text", TEXT_ONLY, 1), [
        { text_input: [texts[0]], data_type: ["text"] },
        { text_input: [texts[1]], data_type: ["text"] },
      ]);
      // For a lone picture without a placeholder, interleav_wrap puts one before the text; here it is there.
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
