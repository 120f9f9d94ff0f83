import { Buffer } from "node:buffer";
import { join } from "node:path";
import { writeParquet } from "./records/parquet_file.ts";
import { type Member, writeTar } from "./records/tar_file.ts";

/** A sample in no format: questions and answers, `{}` in the place of each picture. */
export interface PlainSample {
  readonly id: string;
  readonly turns: readonly (readonly [question: string, answer: string])[];
  readonly pictures: readonly string[];
}

/** A set of two pictures a sample, one of which is in two samples, and of words alone. */
export const PLAIN: readonly PlainSample[] = [
  {
    id: "a",
    turns: [["First {}\nand {} differ?", "Yes."], ["How?", "In size."]],
    pictures: ["0.png", "1.png"],
  },
  { id: "b", turns: [["{}{}Ω?", "一"]], pictures: ["2.png", "0.png"] },
  { id: "c", turns: [["No picture?", "None."]], pictures: [] },
];

/** The folders that a form of the set is written to, and that its pictures lie in. */
interface Place {
  readonly folder: string;
  readonly root: string;
}

/** One way to write the set. */
export interface Form {
  /** Flags that the form needs. */
  readonly flags?: readonly string[];
  /** True where pictures have their files' names, so that the samples' records are data.json's, too. */
  readonly named: boolean;
  /** Writes the set, and returns its path. */
  write(place: Place, samples: readonly PlainSample[]): Promise<string>;
}

type Turns = readonly { readonly human: boolean; readonly text: string }[];

/** Returns the turns of a sample, with a mark for each picture. */
function turnsOf({ turns }: PlainSample, mark: string): Turns {
  return turns.flatMap(([question, answer]) => [
    { human: true, text: question.replaceAll("{}", mark) },
    { human: false, text: answer },
  ]);
}

function conversations(sample: PlainSample, mark = "<image>") {
  return turnsOf(sample, mark).map(({ human, text }) => ({ from: human ? "human" : "gpt", value: text }));
}

function messages(sample: PlainSample, mark = "<image>") {
  return turnsOf(sample, mark).map(({ human, text }) => ({
    role: human ? "user" : "assistant",
    content: text,
  }));
}

/** Returns messages of parts; `part` gives the part of a picture. */
function parted(sample: PlainSample, part: (name: string) => Record<string, unknown>) {
  const left = [...sample.pictures];
  return turnsOf(sample, "{}").map(({ human, text }) => ({
    role: human ? "user" : "assistant",
    content: text.split("{}").flatMap((words, index): Record<string, unknown>[] => [
      ...(index > 0 ? [part(left.shift()!)] : []),
      ...(words === "" ? [] : [{ type: "text", text: words }]),
    ]),
  }));
}

/** Writes JSON: a list, or for a name in `.jsonl` a line each. */
async function json({ folder }: Place, name: string, samples: readonly unknown[]): Promise<string> {
  const path = join(folder, name), lines = samples.map((sample) => JSON.stringify(sample));
  await Deno.writeTextFile(path, name.endsWith("l") ? lines.join("\n") : `[${lines.join(",\n")}]`);
  return path;
}

function picture({ root }: Place, name: string): Uint8Array {
  return Deno.readFileSync(join(root, name));
}

function dataUri(place: Place, name: string): string {
  return `data:image/png;base64,${Buffer.from(picture(place, name)).toString("base64")}`;
}

/** Returns pictures as `datasets` writes them. */
function structs(place: Place, { pictures }: PlainSample, named = true) {
  return pictures.map((name) => ({ bytes: picture(place, name), path: named ? name : null }));
}

const IMAGE = { bytes: "bytes", path: "text" } as const;
const TURNS = [{ from: "text", value: "text" }] as const;
const MESSAGES = [{ role: "text", content: "text" }] as const;

/** InternLM-XComposer's `data.json` of the set, against which all other forms are held. */
export const DATA_JSON: Form = {
  named: true,
  write: (place, samples) =>
    json(
      place,
      "data.json",
      samples.map((own) => ({
        id: own.id,
        conversations: conversations(own, "<ImageHere>"),
        image: own.pictures,
      })),
    ),
};

/** The other ways to write the set, by name. */
export const FORMS: Readonly<Record<string, Form>> = {
  "xcomposer with data URIs": {
    named: false,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => ({
          id: own.id,
          conversations: conversations(own, "<ImageHere>"),
          image: own.pictures.map((name) => dataUri(place, name)),
        })),
      ),
  },
  "llava in JSON": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => ({ id: own.id, image: own.pictures, conversations: conversations(own) })),
      ),
  },
  "llava in JSON lines, with Qwen's marks": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.jsonl",
        samples.map((own) => ({
          id: own.id,
          image: own.pictures,
          conversations: conversations(own, "<|vision_start|><|image_pad|><|vision_end|>"),
        })),
      ),
  },
  "sharegpt in JSON": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => ({ conversations: conversations(own), id: own.id, images: own.pictures })),
      ),
  },
  "sharegpt with messages": {
    flags: ["--format", "sharegpt"],
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => ({ id: own.id, messages: messages(own), images: own.pictures })),
      ),
  },
  "messages with images beside them": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.jsonl",
        samples.map((own) => ({ id: own.id, messages: messages(own), images: own.pictures })),
      ),
  },
  "messages with parts that name pictures": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => ({ id: own.id, messages: parted(own, (image) => ({ type: "image", image })) })),
      ),
  },
  "messages with image_url parts": {
    named: false,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => ({
          id: own.id,
          messages: parted(own, (name) => ({ type: "image_url", image_url: { url: dataUri(place, name) } })),
        })),
      ),
  },
  "messages with bare parts": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => ({
          id: own.id,
          messages: parted(own, () => ({ type: "image" })),
          images: own.pictures,
        })),
      ),
  },
  "swift with query and response": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.jsonl",
        samples.map((own) => {
          const turns = own.turns.map((pair) => pair.map((text) => text.replaceAll("{}", "<image>")));
          const [query, response] = turns.at(-1)!, history = turns.slice(0, -1);
          return { id: own.id, query, response, history, images: own.pictures };
        }),
      ),
  },
  "alpaca with an input": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.json",
        samples.map((own) => {
          const turns = own.turns.map((pair) => pair.map((text) => text.replaceAll("{}", "<image>")));
          const [asked, output] = turns.at(-1)!, history = turns.slice(0, -1);
          const [instruction, ...input] = asked.split("\n");
          return { id: own.id, instruction, input: input.join("\n"), output, history, images: own.pictures };
        }),
      ),
  },
  "cauldron with marks in its texts": {
    named: true,
    write: (place, samples) =>
      json(
        place,
        "a.jsonl",
        samples.map((own) => {
          const turns = own.turns.map((pair) => pair.map((text) => text.replaceAll("{}", "<image>")));
          const texts = turns.map(([user, assistant]) => ({ user, assistant }));
          return { id: own.id, texts, images: own.pictures };
        }),
      ),
  },
  "llava in parquet with paths": {
    named: true,
    write: ({ folder }, samples) =>
      writeParquet(
        folder,
        "a.parquet",
        { id: "text", image: ["text"], conversations: TURNS },
        samples.map((own) => ({ id: own.id, image: own.pictures, conversations: conversations(own) })),
      ),
  },
  "messages in parquet with structs": {
    named: true,
    write: (place, samples) =>
      writeParquet(
        place.folder,
        "a.parquet",
        { messages: MESSAGES, images: [IMAGE], id: "text" },
        samples.map((own) => ({ id: own.id, messages: messages(own), images: structs(place, own) })),
        { rowGroupSize: 2, codec: "GZIP" },
      ),
  },
  "messages of parts in parquet": {
    named: true,
    write: (place, samples) =>
      writeParquet(
        place.folder,
        "a.parquet",
        {
          id: "text",
          messages: [{ role: "text", content: [{ type: "text", text: "text", index: "whole" }] }],
          images: [IMAGE],
        },
        samples.map((own) => {
          let next = 0n;
          return {
            id: own.id,
            messages: parted(own, () => ({ type: "image", index: next++ })),
            images: structs(place, own),
          };
        }),
      ),
  },
  "xcomposer in parquet with bytes": {
    named: false,
    write: (place, samples) =>
      writeParquet(
        place.folder,
        "a.parquet",
        { id: "text", image: ["bytes"], conversations: TURNS },
        samples.map((own) => ({
          id: own.id,
          image: own.pictures.map((name) => picture(place, name)),
          conversations: conversations(own, "<ImageHere>"),
        })),
        { rowGroupSize: 1 },
      ),
  },
  "sharegpt in a tar": {
    named: false,
    write: (place, samples) =>
      writeTar(
        place.folder,
        "a.tar",
        samples.flatMap((own, index): Member[] => {
          const members = own.pictures.map((
            name,
            at,
          ): Member => [`${index}.${at}.png`, picture(place, name)]);
          const record = {
            conversations: conversations(own),
            id: own.id,
            images: members.map(([name]) => name),
          };
          return [...members, [`${index}.json`, JSON.stringify(record)]];
        }),
      ),
  },
  "llava in a tar": {
    named: false,
    write: (place, samples) =>
      writeTar(
        place.folder,
        "a.tar",
        samples.flatMap((own, index): Member[] => [
          ...own.pictures.map((name, at): Member => [`x/${index}.${at}.png`, picture(place, name)]),
          [`x/${index}.json`, JSON.stringify({ id: own.id, conversations: conversations(own) })],
        ]),
      ),
  },
  "messages in a tar": {
    named: false,
    write: (place, samples) =>
      writeTar(
        place.folder,
        "a.tar",
        samples.flatMap((own, index): Member[] => {
          const part = (name: string) => ({ type: "image", image: `${own.pictures.indexOf(name)}.png` });
          return [
            [`${index}.json`, JSON.stringify({ id: own.id, messages: parted(own, part) })],
            ...own.pictures.map((name, at): Member => [`${index}.${at}.png`, picture(place, name)]),
          ];
        }),
      ),
  },
};
