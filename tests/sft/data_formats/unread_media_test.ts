import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataFile } from "../../../src/sft/data/data_file.ts";
import { DATA_FORMATS } from "../../../src/sft/data_formats/data_formats.ts";
import { requireNoPictureNamed } from "../../../src/sft/data_formats/unread_media.ts";
import { turns } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** Returns a record of a format, of one question. */
function recordOf(format: string, question: string, more: object = {}): Record<string, unknown> {
  const asked = { role: "user", content: question }, answered = { role: "assistant", content: "!" };
  const fields: Record<string, object> = {
    xcomposer: { conversations: turns(question, "!") },
    llava: { conversations: turns(question, "!") },
    sharegpt: { conversations: turns(question, "!") },
    messages: { messages: [asked, answered] },
    swift: { query: question, response: "!" },
    alpaca: { instruction: question, output: "!" },
    completion: { prompt: [asked], completion: [answered] },
    cauldron: { texts: [{ user: question, assistant: "!" }] },
  };
  return { ...fields[format], ...more };
}

/** Reads a record in a format. */
async function readIn(folder: string, format: string, record: object) {
  const path = join(folder, `${format}.jsonl`);
  await Deno.writeTextFile(path, JSON.stringify(record));
  using file = await DataFile.open(path, { format });
  return (await file.read(0)).sample;
}

/** Fields that look like media, and that some or all formats do not read. */
const FIELDS: Readonly<Record<string, unknown>> = {
  image: "a.png",
  images: ["a.png"],
  video: ["a.png", "b.png"],
  videos: [["a.png"]],
  image_path: "a.png",
  imagePath: "a.png",
  img: "a",
  pixel_values: [1, 2],
  image_1: "x",
  input_image: { path: "a" },
  image_b64: "x",
  imageBase64: "x",
  image_a: "x",
  audio: "a.wav",
  screenshot: "shots/a.PNG",
  attachment: "data:image/png;base64,AAAA",
  page: "iVBORw0KGgoAAAANSUhEUgAAACgAAAA8",
  pages: ["/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIB"],
  screenshots: ["a.png", "b.png"],
  visuals: ["a.png"],
  figure: { path: "a.png" },
  shots: [{ path: "a.png" }],
  media: "a.mp4",
  frames: [{ bytes: [1] }],
};

Deno.test("readRecord refuses media in every field that its format does not read, in each format", () =>
  inFolder(async (folder) => {
    for (const { name: format, media } of DATA_FORMATS) {
      for (const [field, value] of Object.entries(FIELDS)) {
        if (media.includes(field)) continue;
        const record = recordOf(format, "?", { [field]: value });
        const error = await assertRejects(
          () => readIn(folder, format, record),
          VitrailError,
          undefined,
          field,
        );
        assertEquals(
          [error.code, error.message.includes(`: ${field} is `)],
          ["dataset", true],
          error.message,
        );
        const readers = DATA_FORMATS.filter((other) => other.media.includes(field));
        for (const { name } of readers) assertEquals(error.message.includes(name), true, error.message);
      }
      const others = {
        image_id: 7,
        num_images: 2,
        has_image: true,
        images_count: "2",
        video: "",
        source: "a.b/c",
        media: "news",
        film: ["Metropolis", "M"],
        topics: ["a", { name: "b" }],
      };
      assertEquals((await readIn(folder, format, recordOf(format, "?", others))).images, []);
    }
  }));

Deno.test("readRecord refuses marks of any code for which a sample has no picture, in each format", () =>
  inFolder(async (folder) => {
    const marks = [
      "<image>",
      "<imagehere>",
      "<Image>",
      "<IMAGEHERE>",
      "<|image_pad|>",
      "<image_1>",
      "<|image_1|>",
    ];
    for (const { name: format } of DATA_FORMATS) {
      for (
        const mark of [
          ...marks,
          "<video>",
          "<audio>",
          "[IMG]",
          "<IMG_CONTEXT>",
          "<|media_pad|>",
          "<image 1>",
          "<image />",
          "<Image >",
          "&lt;image&gt;",
        ]
      ) {
        const record = recordOf(format, `What is ${mark}?`);
        const error = await assertRejects(
          () => readIn(folder, format, record),
          VitrailError,
          undefined,
          mark,
        );
        assertEquals([error.code, error.message.includes(mark)], ["dataset", true], error.message);
      }
      const code = "What does `<audio>` do?\n```html\n<audio>\n```";
      assertEquals((await readIn(folder, format, recordOf(format, code))).conversations[0].value, code);
      const words = "Is <img src='a'> or <p>imagehere</p> a tag, [image.png](x) a link, or 3 < image > 2?";
      assertEquals((await readIn(folder, format, recordOf(format, words))).conversations[0].value, words);
    }
  }));

Deno.test("readRecord refuses marks that nobody reads for a picture, and takes code for words", () =>
  inFolder(async (folder) => {
    const marks = [
      "<Image>",
      "<image/>",
      "&lt;image&gt;",
      "<im_patch>",
      "<image_pad>",
      "[IMAGE]",
      "[image]",
      "<|img|>",
      "<IMAGE_TOKEN>",
    ];
    for (const format of ["messages", "swift", "llava"]) {
      for (const mark of [...marks, "<imagehere>"]) {
        const record = recordOf(format, `${mark} What?`, { images: ["a.png"] });
        const error = await assertRejects(() => readIn(folder, format, record), VitrailError);
        assertEquals(error.code, "dataset", mark);
        if (format !== "llava") assertEquals(error.message.includes(` holds ${mark}`), true, error.message);
      }
    }
    const code = await readIn(folder, "messages", recordOf("messages", "`[IMAGE]`?", { images: ["a.png"] }));
    assertEquals(code.conversations[0].value, "<ImageHere>`[IMAGE]`?");
  }));

Deno.test("readRecord refuses a second picture in a field that its format does not read, and says how", () =>
  inFolder(async (folder) => {
    const read = (more: object) =>
      readIn(folder, "llava", recordOf("llava", "<image>?", { image: "a/b.png", ...more }));
    for (
      const field of [{ screenshot: "b2.png" }, { pages: ["b.png", "c.png"] }, { extra: { at: "c.png" } }]
    ) {
      await assertRejects(() => read(field), VitrailError, "part of the sample, take the field out");
    }
    const same = { file_name: "b.png", source: "https://a.b/7.jpg", meta: { path: "/c/a/b.png" } };
    assertEquals((await read(same)).images, ["a/b.png"]);
  }));

Deno.test("requireNoPictureNamed refuses bytes of pictures, as parquet has them", () => {
  const [llava] = DATA_FORMATS.filter(({ name }) => name === "llava");
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), text = Uint8Array.of(1, 2);
  const base64 = "iVBORw0KGgo" + "A".repeat(2e7); // an expression over all of it overflows V8's stack
  for (const field of [png, [png], { bytes: png, path: null }, base64]) {
    assertThrows(
      () => requireNoPictureNamed(llava, { screenshot: field }, [], "row 1"),
      VitrailError,
      "row 1: screenshot is ",
    );
  }
  const words = "UklGR stands at the head of such a text";
  requireNoPictureNamed(llava, { hash: text, hashes: [text], words }, [], "row 1");
});

Deno.test("readRecord refuses media in turns and in parts of text", () =>
  inFolder(async (folder) => {
    const turn = (more: object) => ({ conversations: [{ ...turns("?")[0], ...more }, turns("?", "!")[1]] });
    const cases: [format: string, record: object, words: string][] = [
      [
        "llava",
        turn({ image: "a.png" }),
        'conversations[0].image is "a.png", and media stand beside the turns',
      ],
      ["xcomposer", turn({ images: ["a.png"] }), "conversations[0].images is "],
      [
        "messages",
        { messages: [{ role: "user", content: "?", images: ["a.png"] }] },
        "messages[0].images is ",
      ],
      [
        "messages",
        { messages: [{ role: "user", content: [{ type: "text", text: "?", image: "a.png" }] }] },
        "messages[0].content[0].image is ",
      ],
      ["cauldron", { texts: [{ user: "?", assistant: "!", image: "a.png" }] }, "texts[0].image is "],
    ];
    for (const [format, record, words] of cases) {
      await assertRejects(() => readIn(folder, format, record), VitrailError, words);
    }
  }));

Deno.test("readRecord refuses what parts ask for and is not done, and marks beside parts", () =>
  inFolder(async (folder) => {
    const messages = (...content: object[]) => ({
      messages: [{ role: "user", content }, { role: "assistant", content: "!" }],
    });
    const image = { type: "image", image: "a.png" }, text = { type: "text", text: "?" };
    const cases: [record: object, words: string][] = [
      [messages({ ...image, max_pixels: 50176 }), "messages[0].content[0].max_pixels is 50176, which is not"],
      [messages({ ...image, resized_height: 28 }), "messages[0].content[0].resized_height is 28"],
      [messages({ ...image, text: "a cat" }), 'messages[0].content[0].text is "a cat"'],
      [messages({ type: "video", video: ["a.png"], nframes: 2 }), "messages[0].content[0].nframes is 2"],
      [messages({ ...image, url: "b.png" }), "messages[0].content[0] holds image and url, expected one"],
      [
        messages(image, { ...text, text: "<image>?" }),
        "messages[0].content[1].text holds <image>, and parts",
      ],
    ];
    for (const [record, words] of cases) {
      await assertRejects(() => readIn(folder, "messages", record), VitrailError, words);
    }
    const parts = messages({ ...image, detail: "low", max_pixels: null }, { ...text, text: "`<image>`?" });
    assertEquals((await readIn(folder, "messages", parts)).images, ["a.png"]);
  }));

Deno.test("readRecord takes a misspelt speaker for none, and names the nearest", () =>
  inFolder(async (folder) => {
    for (const format of ["xcomposer", "llava", "sharegpt"]) {
      const record = (from: string) => ({
        conversations: [{ from, value: "?" }, { from: "gpt", value: "!" }],
      });
      const words =
        'conversations[0].from is "humna", expected human, user, gpt, assistant, system or tool ' +
        '(did you mean "human"?)';
      await assertRejects(() => readIn(folder, format, record("humna")), VitrailError, words);
      for (const from of ["constructor", "__proto__", ""]) {
        await assertRejects(
          () => readIn(folder, format, record(from)),
          VitrailError,
          "conversations[0].from is ",
        );
      }
      assertEquals((await readIn(folder, format, record("Human"))).conversations.length, 2);
    }
  }));

Deno.test("readRecord refuses addresses and base64 as what they are, in one line", () =>
  inFolder(async (folder) => {
    const long = "iVBORw0KGgo".repeat(80_000);
    const cases: [name: string, words: string][] = [
      ["https://a.b/c.png", "is on the network, https://a.b/c.png"],
      ["https:/a.b/c.png", "is on the network, https:/a.b/c.png"],
      ["s3://a/b.png", "is on the network"],
      [" http://a.b/c.png", "is on the network"],
      ["file:///a.png", "is the file: URL file:///a.png"],
      ["file:a.png", "is the file: URL file:a.png"],
      ["data:image/png;base64,???" + long, "is a data: URI that is not base64 of a picture"],
      ["data:image/png," + long, "is a data: URI that is not base64 of a picture"],
      [long, `is a text of ${long.length} characters`],
    ];
    for (const { name: format, media: [field] } of DATA_FORMATS) {
      for (const [name, words] of cases) {
        const mark = format === "xcomposer" ? "<ImageHere>" : "<image>";
        const record = recordOf(format, `${mark}?`, { id: "x".repeat(9000), [field]: name });
        const error = await assertRejects(() => readIn(folder, format, record), VitrailError, words);
        assertEquals(error.message.length < 600, true, `${error.message.length} characters`);
      }
    }
  }));

Deno.test("recognisedFormat and readRecord quote at most a line of what a record holds", () =>
  inFolder(async (folder) => {
    const long = "k".repeat(300_000), path = join(folder, "long.jsonl");
    await Deno.writeTextFile(path, JSON.stringify({ [long]: 1 }));
    const unknown = await assertRejects(() => DataFile.open(path), VitrailError, "the format is not known");
    const record = recordOf("llava", `<image> <img>${long}.png</img>`, { image: "a.png" });
    const named = await assertRejects(() => readIn(folder, "llava", record), VitrailError, "holds <img>kkk");
    for (const { message } of [unknown, named]) {
      assertEquals(message.length < 1000, true, message.slice(0, 200));
    }
  }));

Deno.test("recognisedFormat names the field of an object that holds a file's records", () =>
  inFolder(async (folder) => {
    const path = join(folder, "set.json"), record = recordOf("llava", "<image>?", { image: "a.png" });
    for (
      const [shell, words] of [[{ v: 1, data: [record] }, '"data" holds its records'], [
        { a1: record },
        '"a1"',
      ]]
    ) {
      await Deno.writeTextFile(path, JSON.stringify(shell));
      const expected = `${path} is one object, whose field ${words}`;
      await assertRejects(() => DataFile.open(path), VitrailError, expected);
    }
  }));
