import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFiles,
  type Files,
  filesIn,
  turns,
  writePicture,
  writeSamples,
} from "../support/sft/data_set.ts";
import { GOOD, SMALL, writePictures } from "../support/sft/sft_set.ts";
import { inFolder, type Ran, vitrail } from "../support/vitrail.ts";

/** Runs `vitrail sft` in a folder of its own, with two samples a shard. */
function sft(folder: string, data: string, root: string, ...flags: string[]): Promise<Ran> {
  const size = flags.includes("--shard-size") ? [] : ["--shard-size", "2samples"];
  const common = [...SMALL, ...size, "--out", join(folder, "out"), "--json"];
  return vitrail("sft", data, ...common, "--image-root", root, ...flags);
}

/** Returns the counts of pictures found whole and made, and of shards kept, of a command that succeeded. */
function shareOf({ status, out, err }: Ran): { found: number; made: number; kept: number } {
  assertEquals(status, 0, out + err);
  const { found, made, kept } = JSON.parse(out);
  return { found, made, kept };
}

/** A sample of each picture. */
function samplesOf(names: readonly string[]) {
  return names.map((image, id) => ({ ...GOOD, id, image }));
}

/** Returns the files of a set but for notes, which know the pictures' files by their times. */
async function setIn(out: string): Promise<Files> {
  return new Map([...await filesIn(out)].filter(([name]) => !/^shard-\d+\.json$/.test(name)));
}

/** Waits until the clock of the file system goes on. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

inFolder("vitrail sft tells sets of links and of copies apart", async (folder) => {
  const names = ["p0.png", "q0.png", "p1.png", "p2.png"];
  for (const root of ["links", "copies"]) {
    await Deno.mkdir(join(folder, root));
    for (const name of names) {
      if (root === "links" && name === "q0.png") {
        await Deno.symlink(join(folder, root, "p0.png"), join(folder, root, name));
      } else {
        const noise = { kind: "noise", w: 30, h: 50, seed: Number(name[1]) } as const;
        await writePicture(join(folder, root), name, noise);
      }
    }
  }
  const data = await writeSamples(folder, "data.json", samplesOf(names));
  const size = ["--shard-size", "6KiB"]; // two pictures of 28x28, and their words
  assertEquals((await sft(folder, data, join(folder, "copies"), ...size, "--shard", "1/2")).status, 0);
  const other = await sft(folder, data, join(folder, "links"), ...size, "--shard", "2/2");
  assertEquals(other.status, 2);
  assertStringIncludes(JSON.parse(other.out).error.message, "pictures was ");
});

inFolder("vitrail sft makes a shard of changed pictures again, and no other", async (folder) => {
  const root = await writePictures(folder), out = join(folder, "out");
  const data = await writeSamples(folder, "data.json", samplesOf(["0.png", "1.png", "2.png", "3.png"]));
  assertEquals(shareOf(await sft(folder, data, root)), { found: 0, made: 4, kept: 0 });
  assertEquals(shareOf(await sft(folder, data, root)), { found: 4, made: 0, kept: 2 });
  const before = await setIn(out), name = join(root, "2.png");
  const whole = await Deno.readFile(name), bad = whole.slice();
  bad[bad.length - 20] ^= 0xff; // its pixels do not decode, and its length and its header are as they were
  await tick();
  await Deno.writeFile(name, bad);
  const skipping = await sft(folder, data, root, "--on-error", "skip");
  assertEquals(shareOf(skipping), { found: 2, made: 2, kept: 1 });
  assertEquals(JSON.parse(skipping.out).skipped, 1);
  assertEquals(shareOf(await sft(folder, data, root, "--on-error", "skip")), {
    found: 4,
    made: 0,
    kept: 2,
  });
  await tick();
  await Deno.writeFile(name, whole);
  assertEquals(shareOf(await sft(folder, data, root, "--on-error", "skip")), {
    found: 2,
    made: 2,
    kept: 1,
  });
  assertSameFiles(await setIn(out), before);
});

inFolder("vitrail sft sees a picture exchanged for one of the same size and time", async (folder) => {
  const root = await writePictures(folder), name = join(root, "2.png"), other = join(folder, "other.png");
  const data = await writeSamples(folder, "data.json", samplesOf(["0.png", "1.png", "2.png", "3.png"]));
  const { mtime } = await Deno.stat(name), bad = await Deno.readFile(name);
  bad[bad.length - 20] ^= 0xff;
  await Deno.writeFile(other, bad);
  await Deno.utime(other, mtime!, mtime!);
  assertEquals(shareOf(await sft(folder, data, root)), { found: 0, made: 4, kept: 0 });
  await Deno.rename(other, name);
  const later = new Date(Date.now() + 5000);
  for (const note of ["shard-00000.json", "shard-00001.json"]) {
    await Deno.utime(join(folder, "out", note), later, later); // as if no second had gone by since
  }
  const skipping = await sft(folder, data, root, "--on-error", "skip");
  assertEquals(shareOf(skipping), { found: 2, made: 2, kept: 1 });
});

inFolder("vitrail sft says how many shards it makes again of pictures that differ", async (folder) => {
  const root = await writePictures(folder), out = join(folder, "out");
  const data = await writeSamples(folder, "data.json", samplesOf(["0.png", "1.png", "2.png", "3.png"]));
  const flags = ["sft", data, ...SMALL, "--image-root", root, "--shard-size", "1samples", "--out", out];
  const first = await vitrail(...flags), before = await setIn(out);
  assert(first.status === 0 && !first.out.includes("made again"), first.out);
  for (const name of ["0.png", "2.png"]) { // the same bytes, with another inode
    await Deno.copyFile(join(root, name), join(folder, "copy"));
    await Deno.rename(join(folder, "copy"), join(root, name));
  }
  await Deno.remove(join(out, "shard-00003.json"));
  const again = await vitrail(...flags, "--json", "--progress", "json");
  assertEquals(shareOf(again), { found: 1, made: 3, kept: 1 });
  assertEquals(JSON.parse(again.out).exchanged, 2);
  assertEquals(JSON.parse(again.err.split("\n").findLast((line) => line.includes("making"))!).exchanged, 0);
  assertSameFiles(await setIn(out), before);
  await Deno.copyFile(join(root, "0.png"), join(folder, "copy"));
  await Deno.rename(join(folder, "copy"), join(root, "0.png"));
  const { out: text } = await vitrail(...flags);
  assertMatch(text, /^made again +1 shard, since their pictures' files are not those of before$/m);
});

inFolder("vitrail sft goes on by another path, and makes a broken note again", async (folder) => {
  const root = await writePictures(folder), out = join(folder, "out");
  const data = await writeSamples(folder, "data.json", samplesOf(["0.png", "1.png", "2.png"]));
  assertEquals((await sft(folder, data, root)).status, 0);
  const before = await filesIn(out), copy = join(folder, "copy.json");
  await Deno.copyFile(data, copy);
  assertEquals(shareOf(await sft(folder, copy, root)), { found: 3, made: 0, kept: 2 });
  const note = join(out, "shard-00001.json");
  const { skipped: _, ...rest } = JSON.parse(await Deno.readTextFile(note));
  await Deno.writeTextFile(note, JSON.stringify(rest));
  assertEquals(shareOf(await sft(folder, data, root)), { found: 2, made: 1, kept: 1 });
  assertSameFiles(await filesIn(out), before);
});

inFolder("vitrail sft refuses a folder of another template's or tokenizer's config", async (folder) => {
  const data = await writeSamples(folder, "data.json", [{ conversations: turns("?", "!") }]);
  const template = join(folder, "chat.jinja"), config = join(folder, "tokenizer_config.json");
  await Deno.writeTextFile(
    template,
    "{{ strftime_now('%d %b %Y') }}{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}",
  );
  await Deno.writeTextFile(config, JSON.stringify({ bos_token: "<s>" }));
  const flags = ["--template", template];
  const ran = await sft(folder, data, folder, ...flags);
  assertEquals(ran.status, 0, ran.out);
  const shard = await Deno.readFile(join(folder, "out", "shard-00000.safetensors"));
  assertStringIncludes(new TextDecoder("latin1").decode(shard), "26 Jul 2024<s>?!"); // on any day
  await Deno.writeTextFile(config, JSON.stringify({ bos_token: "<other>" }));
  const { status, out } = await sft(folder, data, folder, ...flags);
  assertEquals(status, 2);
  assertStringIncludes(JSON.parse(out).error.message, "template.config was ");
});

inFolder("vitrail sft lets parts of different numbers work at one shard", async (folder) => {
  const root = await writePictures(folder), out = join(folder, "out");
  const data = await writeSamples(folder, "data.json", samplesOf(["0.png", "1.png", "2.png", "3.png"]));
  assertEquals((await sft(folder, data, root, "--shard", "1/2")).status, 0);
  assertEquals((await vitrail("merge", out)).status, 1);
  assertEquals((await sft(folder, data, root)).status, 0);
  const merged = await vitrail("merge", out, "--json");
  assertEquals(merged.status, 0, merged.err);
  assertEquals(JSON.parse(merged.out).samples, 4);
  // Each has temporary files of its own: a folder is in the way of the other part's alone.
  await Deno.mkdir(join(folder, "shared", "out", ".shard-00000.safetensors.1-of-2.part"), {
    recursive: true,
  });
  const refused = await sft(join(folder, "shared"), data, root, "--shard", "1/2");
  assertEquals(refused.status, 1);
  assertStringIncludes(refused.out, "shard-00000.safetensors");
  assertEquals((await sft(join(folder, "shared"), data, root)).status, 0);
});

inFolder("vitrail sft --dry-run lists all that is wrong, and fails where the run would", async (folder) => {
  const root = await writePictures(folder);
  const missing = Array.from({ length: 12 }, (_, index) => `absent${index}.png`);
  const data = await writeSamples(folder, "data.json", samplesOf(["0.png", ...missing]));
  const flags = ["sft", data, ...SMALL, "--image-root", root, "--dry-run"];
  const { status, out } = await vitrail(...flags);
  assertEquals(status, 1);
  for (const name of missing.slice(0, 3)) assertStringIncludes(out, name);
  const kind =
    /^12 samples, io: cannot read the picture …: it does not exist; paths are taken from --image-/m;
  assertMatch(out, kind);
  assertStringIncludes(out, "\n  and 9 more");
  assertMatch(out, /^would write +1 shard/m);
  const { skippedSamples } = JSON.parse((await vitrail(...flags, "--json")).out);
  for (const [index, name] of missing.entries()) assertStringIncludes(skippedSamples[index].reason, name);
  assertEquals((await vitrail(...flags, "--on-error", "skip")).status, 0);
});

inFolder("vitrail sft --dry-run counts the files that are there while a shard is made", async (folder) => {
  const root = await writePictures(folder), config = join(folder, "config.json");
  const model = { image_processor_type: "DeepseekOcr2ImageProcessor", size: { height: 64, width: 64 } };
  await Deno.writeTextFile(config, JSON.stringify({ ...model, tile_size: 16 }));
  const data = await writeSamples(folder, "data.json", samplesOf(["0.png", "1.png"]));
  const flags = ["sft", data, "--image-root", root, "--dry-run"];
  const { out } = await vitrail(...flags, "--recipe", config);
  assertMatch(out, /^would write +1 shard, [\d.]+ KiB and for a time [\d.]+ KiB more/m);
  const { temporary } = JSON.parse((await vitrail(...flags, ...SMALL, "--json")).out);
  assertEquals(temporary, 0); // one output
});

inFolder("vitrail sft weighs words by their bytes, and writes sets of words alone", async (folder) => {
  const text = "窗".repeat(2000);
  const samples = Array.from({ length: 20 }, () => ({ id: null, conversations: turns(text, text) }));
  const data = await writeSamples(folder, "data.json", samples);
  const flags = ["--shard-size", "64KiB"];
  const planned = JSON.parse((await sft(folder, data, folder, ...flags, "--dry-run")).out);
  const words = ["sft", data, ...SMALL, ...flags, "--out", join(folder, "out")];
  const first = await vitrail(...words), again = await vitrail(...words);
  assertMatch(first.out, new RegExp(`^wrote +${planned.shards} shards`, "m"));
  assertMatch(again.out, new RegExp(`^there were +${planned.shards} shards`, "m"));
  const shards = (await Array.fromAsync(Deno.readDir(join(folder, "out")))).filter(({ name }) =>
    /safetensors$/.test(name)
  );
  const sizes = await Promise.all(
    shards.map(async ({ name }) => (await Deno.stat(join(folder, "out", name))).size),
  );
  const written = sizes.reduce((a, b) => a + b, 0);
  assert(
    planned.bytes <= written && written < planned.bytes * 1.1,
    `${planned.bytes} planned, ${written} written`,
  );
  assert(Math.max(...sizes) < 72 * 1024, `${sizes}`);
});
