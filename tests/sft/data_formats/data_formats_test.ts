import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataFile } from "../../../src/sft/data/data_file.ts";
import { DATA_FORMATS } from "../../../src/sft/data_formats/data_formats.ts";
import { DATA_JSON, FORMS, PLAIN } from "../../support/sft/formatted_sets.ts";
import { turns, writePicture } from "../../support/sft/data_set.ts";
import { learntTurns } from "../../../src/sft/text/learnt_turns.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** Writes records as JSON lines, and returns the file's path. */
async function lines(folder: string, records: readonly unknown[]): Promise<string> {
  const path = join(folder, "a.jsonl");
  await Deno.writeTextFile(path, records.map((record) => JSON.stringify(record)).join("\n"));
  return path;
}

Deno.test("recognisedFormat knows every form of a set by its records", () =>
  inFolder(async (folder) => {
    for (const name of ["0.png", "1.png", "2.png"]) {
      await writePicture(folder, name, { kind: "mix", w: 5, h: 4 });
    }
    for (const [name, form] of Object.entries({ ...FORMS, "xcomposer itself": DATA_JSON })) {
      if (form.flags) continue;
      using file = await DataFile.open(await form.write({ folder, root: folder }, PLAIN));
      assertEquals(file.format.name, name.split(" ")[0], name);
      assertEquals(file.length, PLAIN.length);
    }
  }));

Deno.test("recognisedFormat takes words alone for data.json, and goes on to a record that tells", () =>
  inFolder(async (folder) => {
    const words = { conversations: turns("?", "!") };
    const marked = { conversations: turns("<image>?", "!"), image: "a.png" };
    const names = async (records: readonly unknown[]) => {
      using file = await DataFile.open(await lines(folder, records));
      return file.format.name;
    };
    assertEquals(await names([words, { ...words, image: "a.png" }]), "xcomposer");
    assertEquals(await names([words, { id: 3 }, marked]), "llava");
    assertEquals(await names([]), "xcomposer");
    const [asked, answered] = turns("?", "!");
    for (const more of [{ loss: false }, { weight: 0 }, { tool_calls: [{ name: "f" }] }]) {
      const record = { conversations: [asked, { ...answered, ...more }] };
      assertEquals(await names([record]), "llava");
      assertEquals(await names([words, record]), "llava");
    }
    assertEquals(await names([{ conversations: [asked, { ...answered, loss: null }] }]), "xcomposer");
  }));

Deno.test("readRecord joins Alpaca's instruction and input where they hold something", () =>
  inFolder(async (folder) => {
    const output = "!", instruction = "Say:", input = "hi";
    for (
      const [record, text] of [
        [{ instruction, input, output }, "Say:\nhi"],
        [{ instruction, input: "", output }, "Say:"],
        [{ instruction, input: null, output }, "Say:"],
        [{ instruction: "", input, output }, "hi"],
      ] as const
    ) {
      using file = await DataFile.open(await lines(folder, [record]));
      assertEquals([file.format.name, (await file.read(0)).sample.conversations[0].value], ["alpaca", text]);
    }
  }));

Deno.test("recognisedFormat says what was seen where none is meant, or several are", () =>
  inFolder(async (folder) => {
    const refused = async (records: readonly unknown[], ...words: string[]) => {
      const path = await lines(folder, records);
      const error = await assertRejects(() => DataFile.open(path), VitrailError);
      assertEquals(error.code, "dataset");
      for (const word of [path, ...words]) assertEquals(error.message.includes(word), true, error.message);
      assertEquals(error.message.includes("\n"), false);
    };
    await refused(
      [{ prompt: "?", completion: "!", picture: null }],
      "line 1 has the fields prompt, completion;",
    );
    await refused([{ prompt: "?" }], ...DATA_FORMATS.map(({ name, about }) => `${name} (${about})`));
    const both = { conversations: turns("<image>?", "!"), response: "!" };
    await refused([{}, both], "the format is llava or swift: line 2 has the fields conversations, response;");
    await refused([{}, both], "give --format llava or --format swift");
    await refused([{ a: null }], "line 1 has no fields");
    await lines(folder, [both]);
    await assertRejects(
      () => DataFile.open(join(folder, "a.jsonl"), { format: "lava" }),
      VitrailError,
      "llava",
    );
  }));

/** Records that are wrong, with their format where it is forced, and words of their messages. */
const BROKEN: readonly (readonly [record: Record<string, unknown>, words: string, format?: string])[] = [
  // Placeholders.
  [
    { conversations: turns("<image>?", "!"), image: ["a.png", "b.png"] },
    "2 pictures want 2 <image> in human turns, found 1 <image> (1 in conversations[0].value)",
  ],
  [
    { conversations: turns("<image><image>?", "!"), image: "a.png" },
    "1 picture wants 1 <image> in human turns, found 2 <image> (2 in conversations[0].value)",
  ],
  [
    { conversations: turns("<image>?", "!") },
    "no pictures (in image, video) want no <image>, found 1 <image> (1 in conversations[0].value)",
  ],
  [
    { conversations: turns("?", "a <image>!"), image: "a.png" },
    "<image> stands in conversations[1].value, a turn of the assistant; pictures stand in human turns",
  ],
  [
    { conversations: turns("?", "!"), images: ["a.png"] },
    "1 picture wants 1 <image> in human turns, found none",
  ],
  [
    { conversations: turns("<image> <|image_pad|>", "!"), images: ["a.png"] },
    "conversations[0].value holds <|image_pad|>, which stands for no picture",
  ],
  [
    { conversations: turns("<image_1> <image_3>", "!"), image: ["a.png", "b.png"] },
    "marks such as <image_1> have the numbers 1, 3, expected 1 to 2, each once",
  ],
  [
    { conversations: turns("<|image_pad|> [IMG]", "!"), image: ["a.png", "b.png"] },
    "found 1 <|image_pad|> (1 in conversations[0].value) and 1 [IMG] (1 in conversations[0].value)",
  ],
  [
    { query: "<image>", response: "!" },
    "no pictures (in images, videos) want no <image>, found 1 <image> (1 in query)",
  ],
  [{ query: "?", response: "<image>", images: ["a.png"] }, "<image> stands in response"],
  [
    { messages: [{ role: "system", content: "<image>" }, { role: "user", content: "?" }], images: ["a.png"] },
    "<image> stands in messages[0].content, a turn of the system",
  ],
  [
    { query: "Picture 1: <img>a/b.jpg</img>?", response: "!" },
    "query holds <img>a/b.jpg</img>, which names a picture; name it in a field, and mark its place",
  ],
  // Parts.
  [
    { messages: [{ role: "user", content: [{ type: "image", index: 2 }] }], images: ["a.png", "b.png"] },
    "messages[0].content[0].index is 2, expected one of 2 images, counted from 0, each once",
  ],
  [
    {
      messages: [{ role: "user", content: [{ type: "image", index: 0 }, { type: "image", index: 0 }] }],
      images: ["a.png", "b.png"],
    },
    "messages[0].content[1].index is 0, expected one of 2 images, counted from 0, each once",
  ],
  [
    { messages: [{ role: "user", content: [{ type: "image" }] }] },
    "messages[0].content[0].image is missing, expected a picture there, or one more in images",
  ],
  [
    { messages: [{ role: "user", content: [{ type: "image" }] }], images: ["a.png", "b.png", "c.png"] },
    "images has 3, and the messages have 1 parts for them",
  ],
  [
    { messages: [{ role: "assistant", content: [{ type: "image", image: "a.png" }] }] },
    "a part of type image stands in messages[0].content[0], a turn of the assistant",
  ],
  [
    { messages: [{ role: "user", content: [{ type: "audio", audio: "a.wav" }] }] },
    'messages[0].content[0].type is "audio", expected text, image, image_url or video',
  ],
  [
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
    "messages[0].content[0].image_url is {}",
  ],
  [{
    messages: [{
      role: "user",
      content: [{ type: "text", text: "<ImageHere>" }, { type: "image", image: "a.png" }],
    }],
  }, "messages[0].content[0].text holds <ImageHere>"],
  [
    { messages: [{ role: "user", content: [{ type: "video", video: "a.mp4" }] }] },
    "expected the list of a clip's frames; films are not decoded",
  ],
  [
    { messages: [{ role: "tool_call", content: "3" }] },
    "messages[0].content is 3, expected a call",
  ],
  [
    { messages: [{ role: "teacher", content: "3" }] },
    'messages[0].role is "teacher", expected human, user, gpt, assistant, system or tool',
  ],
  [{ messages: [{ role: "user", content: null }] }, "messages[0].content is null, expected a text"],
  [{ messages: [{ role: "user", content: [] }] }, "messages[0].content is [], expected a text"],
  [{ messages: [null] }, "messages[0] is null, expected a turn"],
  [{ messages: "hi" }, 'messages is "hi", expected a list of turns'],
  [{ texts: [{ user: "?", assistant: "!" }, { user: 3 }] }, "texts[1].user is 3, expected a text"],
  [
    { texts: [{ user: "<image>?", assistant: "!" }] },
    "no pictures (in images) want no <image>, found 1 <image>",
  ],
  [{ instruction: 3, output: "!" }, "instruction is 3, expected a text"],
  [
    { prompt: [{ role: "user", content: "?" }], completion: [{ role: "assistant", content: 3 }] },
    "completion[0].content is 3, expected a text",
  ],
  [
    {
      prompt: [{ role: "system", content: "?" }, { role: "user", content: [{ type: "image" }] }],
      completion: [{ role: "assistant", content: "!" }],
    },
    "prompt[1].content[0].image is missing, expected a picture there",
  ],
  [
    { prompt: "What?", completion: [{ role: "assistant", content: "!" }] },
    'prompt is "What?", expected a list of messages, [{"role": "user", "content": …}, …]',
    "completion",
  ],
  [
    { prompt: [{ role: "user", content: "?" }], completion: "!" },
    'completion is "!", expected a list of messages, [{"role": "assistant"',
    "completion",
  ],
  [{ instruction: "?", input: { a: 1 }, output: "!" }, 'input is {"a":1}, expected a text'],
  [{ input: "", output: "!" }, "instruction is missing, expected a text", "alpaca"],
  [
    { conversations: [{ from: "human", value: "<ImageHere>", loss: false }], image: "a.png" },
    "conversations[0].loss is false, expected none: xcomposer reads of a turn from and value alone",
  ],
  // Pictures.
  [
    { conversations: turns("<image>?", "!"), image: "https://x.org/a.png" },
    "image is on the network, https://x.org/a.png; give --allow-net to download it",
  ],
  [
    { conversations: turns("<image>?", "!"), image: "file:///a.png" },
    "image is the file: URL file:///a.png; give the file's path",
  ],
  [
    { conversations: turns("<image>?", "!"), image: "data:image/png,abc" },
    "image is a data: URI that is not base64 of a picture",
  ],
  [
    { conversations: turns("<image>?", "!"), image: [["a.png"]] },
    'image[0] is ["a.png"], expected a picture: its path, a data: URI, bytes',
  ],
  [
    { conversations: turns("<image>?", "!"), image: [{ bytes: null, path: null }] },
    'image[0] is {"bytes":null,"path":null}, expected a picture',
  ],
  [{ conversations: turns("<ImageHere>?", "!"), image: "http://x.org/a.png" }, "image is on the network"],
  // Fields that nobody reads.
  [
    { conversations: turns("<ImageHere>?", "!"), image: "a.png", video: "b.mp4" },
    'video is "b.mp4", and the format xcomposer reads image; it is read by llava',
  ],
  [
    { conversations: turns("<image>?", "!"), image: "a.png", audio: ["b.wav"] },
    'audio is ["b.wav"], and the format llava reads image, video; no format reads it',
  ],
  [
    { conversations: turns("<ImageHere>?", "!"), images: ["a.png"] },
    'images is ["a.png"], and the format xcomposer reads image; it is read by sharegpt, messages, swift',
    "xcomposer",
  ],
  [
    { conversations: turns("<video>?", "!"), video: "a.mp4" },
    'video is "a.mp4", expected the list of a clip\'s frames; films are not decoded',
  ],
  [{ conversations: turns("<image>?", "!"), images: ["a.png"], tools: "[{}]" }, "tools[0] is {}, expected a"],
  // Fields of a format.
  [
    { messages: [{ role: "assistant", content: "!", weight: 0.5 }] },
    "messages[0].weight is 0.5, expected 0 or 1",
  ],
  [
    { messages: [{ role: "assistant", content: "!", loss: 0 }] },
    "messages[0].loss is 0, expected true or false",
  ],
  [{ query: "?", response: 3 }, "response is 3, expected a text"],
  [
    { query: "?", response: "!", history: [["?"]] },
    'history[0] is ["?"], expected a pair, [query, response]',
  ],
  [
    { query: "<image>?", response: "!", images: ["a.png"], objects: { bbox: [1] } },
    'objects is {"bbox":[1]}, expected {"bbox"',
  ],
  [{ id: {}, query: "?", response: "!" }, "id is {}, expected a text or a number"],
  [
    { conversations: [{ from: "human", value: ["?"] }], images: ["a.png"] },
    'conversations[0].value is ["?"], expected a text',
  ],
];

Deno.test("readRecord names what is wrong with a record, its sample and its line", () =>
  inFolder(async (folder) => {
    for (const [record, words, format] of BROKEN) {
      const path = await lines(folder, [record]);
      using file = await DataFile.open(path, { ...(format && { format }) });
      const error = await assertRejects(() => file.read(0), VitrailError);
      assertEquals(error.code, "dataset");
      assertEquals(error.message.includes(words), true, `${error.message}\nexpected ${words}`);
      assertEquals(/^sample 1 of .*a\.jsonl \((id .*, )?line 1\): /.test(error.message), true, error.message);
      assertEquals(error.message.includes("\n"), false);
    }
  }));

Deno.test("readRecord refuses a record of another format than its file's, unless the format is forced", () =>
  inFolder(async (folder) => {
    const path = await lines(folder, [
      { conversations: turns("<ImageHere>?", "!"), image: "a.png" },
      { conversations: turns("<image>?", "!"), image: "a.png" },
    ]);
    using file = await DataFile.open(path);
    assertEquals((await file.read(0)).sample.images, ["a.png"]);
    await assertRejects(() => file.read(1), VitrailError, "it is in the format llava (");
    using forced = await DataFile.open(path, { format: "xcomposer" });
    await assertRejects(() => forced.read(1), VitrailError, "conversations[0].value holds <image>");
  }));

Deno.test("readRecord pairs marks by their numbers, and the text's own meaning of <img> stays", () =>
  inFolder(async (folder) => {
    const path = await lines(folder, [
      {
        conversations: turns("<|image_2|> or <|image_1|>?", "<img></img> is HTML"),
        image: ["a.png", "b.png"],
      },
      { conversations: turns("<img></img>", "!"), image: [] },
    ]);
    using file = await DataFile.open(path);
    const { sample } = await file.read(0);
    assertEquals(sample.images, ["b.png", "a.png"]);
    assertEquals(sample.conversations[0].value, "<ImageHere> or <ImageHere>?");
    assertEquals((await file.read(1)).sample.conversations[0].value, "<img></img>");
  }));

Deno.test("readRecord puts unmarked pictures before the first question where the format does so", () =>
  inFolder(async (folder) => {
    const path = await lines(folder, [
      { system: "Be brief.", query: "?", response: "!", images: ["a.png", "b.png"] },
    ]);
    using file = await DataFile.open(path);
    assertEquals((await file.read(0)).sample.conversations, [
      { from: "system", value: "Be brief." },
      { from: "human", value: "<ImageHere><ImageHere>?" },
      { from: "gpt", value: "!" },
    ]);
  }));

Deno.test("readRecord reads clips as lists of frames, between pictures, in the order of their marks", () =>
  inFolder(async (folder) => {
    const path = await lines(folder, [
      {
        messages: [{ role: "user", content: "<video> <image> <video>" }, { role: "assistant", content: "!" }],
        images: ["p.png"],
        videos: [["a.png", "b.png"], ["c.png"]],
      },
      { messages: [{ role: "user", content: [{ type: "video", video: ["a.png", "b.png"] }] }] },
    ]);
    using file = await DataFile.open(path);
    const { sample } = await file.read(0);
    assertEquals(sample.images, ["a.png", "b.png", "p.png", "c.png"]);
    assertEquals(sample.clips, [[0, 2], [3, 4]]);
    assertEquals(sample.conversations[0].value, "<ImageHere> <ImageHere> <ImageHere>");
    assertEquals((await file.read(1)).sample.clips, [[0, 2]]);
  }));

Deno.test("readRecord takes the pictures that parts count, and turns that are not to be learnt", () =>
  inFolder(async (folder) => {
    const asked = (...content: unknown[]) => ({ role: "user", content });
    const path = await lines(folder, [
      {
        messages: [
          asked({ type: "image", index: 1, text: null }, { type: "text", text: "or" }, {
            type: "image",
            index: 0,
          }),
          { role: "assistant", content: "1", weight: 0 },
          asked({ type: "text", text: "?" }),
          { role: "assistant", content: "2", weight: 1, loss: null },
        ],
        images: ["a.png", "b.png"],
      },
      {
        messages: [{ role: "user", content: "?" }, { role: "assistant", content: "3", loss: false }],
        image: "",
      },
    ]);
    using file = await DataFile.open(path);
    const { sample } = await file.read(0);
    assertEquals(sample.images, ["b.png", "a.png"]);
    assertEquals(sample.conversations, [
      { from: "human", value: "<ImageHere>or<ImageHere>" },
      { from: "gpt", value: "1", learnt: false },
      { from: "human", value: "?" },
      { from: "gpt", value: "2" },
    ]);
    assertEquals(learntTurns(sample.conversations, ["assistant"]), [false, false, false, true]);
    assertEquals(learntTurns(sample.conversations.slice(0, 3), "last"), [false, false, false]);
    assertEquals(learntTurns(sample.conversations, "all"), [true, false, true, true]);
    const { sample: { images, conversations } } = await file.read(1);
    assertEquals([images, conversations[1].learnt], [[], false]);
  }));

Deno.test("readRecord learns of a prompt and its completion the completion alone", () =>
  inFolder(async (folder) => {
    const turn = (role: string, content: unknown) => ({ role, content });
    const path = await lines(folder, [{
      prompt: [
        turn("user", [{ type: "image" }, { type: "text", text: "Hm?" }]),
        turn("assistant", "Hm."),
        turn("user", "?"),
      ],
      completion: [turn("assistant", "!")],
      images: ["a.png"],
    }]);
    using file = await DataFile.open(path);
    assertEquals(file.format.name, "completion");
    const { sample, json } = await file.read(0);
    assertEquals(sample.images, ["a.png"]);
    assertEquals(sample.conversations.map(({ value }) => value), ["<ImageHere>Hm?", "Hm.", "?", "!"]);
    assertEquals(learntTurns(sample.conversations, ["assistant"]), [false, false, false, true]);
    assertEquals(Object.keys(JSON.parse(json)).sort(), ["conversations", "image"]);
  }));

Deno.test("readRecord keeps ms-swift's boxes and the fields that it does not read", () =>
  inFolder(async (folder) => {
    const objects = { ref: ["dog"], bbox: [[1, 2, 3.5, 4]] };
    const path = await lines(folder, [{
      messages: [{ role: "user", content: "<image>Where is <ref-object>?" }, {
        role: "assistant",
        content: "<bbox>",
      }],
      images: ["a.png"],
      objects,
      source: "here",
    }]);
    using file = await DataFile.open(path);
    const { sample, json } = await file.read(0);
    assertEquals(file.format.name, "swift");
    assertEquals(sample.objects, objects);
    assertEquals(JSON.parse(json), {
      conversations: [
        { from: "human", value: "<ImageHere>Where is <ref-object>?" },
        { from: "gpt", value: "<bbox>" },
      ],
      objects,
      image: ["a.png"],
      source: "here",
    });
  }));

Deno.test("readRecord counts the pictures of boxes in the conversation's order, and reads tools' turns", () =>
  inFolder(async (folder) => {
    const path = await lines(folder, [{
      messages: [
        { role: "user", content: "<image_2> or <image_1>, <bbox> or <bbox>?" },
        { role: "assistant", content: "<tool_call>{}</tool_call>" },
        { role: "tool_response", content: "3" },
        { role: "assistant", content: "!" },
      ],
      images: ["a.png", "b.png"],
      objects: { bbox: [[1, 2], [3, 4]], image_id: [0, 1] },
    }]);
    using file = await DataFile.open(path);
    const { sample } = await file.read(0);
    assertEquals([sample.images, sample.objects!.image_id], [["b.png", "a.png"], [1, 0]]);
    assertEquals(sample.conversations.map(({ from }) => from), ["human", "gpt", "tool", "gpt"]);
  }));

Deno.test("readRecord reads records without boxes with ms-swift's, and names that format behind others", () =>
  inFolder(async (folder) => {
    const messages = [{ role: "user", content: "<image>?" }, { role: "assistant", content: "!" }];
    const boxless = { messages, images: ["a.png"], objects: null };
    const boxed = { ...boxless, objects: { bbox: [[1, 2]], ref: [] } };
    using file = await DataFile.open(await lines(folder, [boxed, boxless]));
    assertEquals([file.format.name, (await file.read(1)).sample.images], ["swift", ["a.png"]]);
    using other = await DataFile.open(await lines(folder, [boxless, boxed]));
    await assertRejects(
      () => other.read(1),
      VitrailError,
      "a file has one format: give --format swift where all of it is that",
    );
  }));
