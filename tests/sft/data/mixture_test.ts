import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { Mixture } from "../../../src/sft/data/mixture.ts";
import { PythonRandom } from "../../../src/sft/data/python_random.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { python, withPython } from "../../support/python.ts";

/** Draws as `make_supervised_data_module` does after `random.seed`, and prints the samples' numbers. */
const REFERENCE = `
import json, random, sys
files, seed, given_num = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "true"
random.seed(seed)
result = []
for count, amount in files:
    temp = list(range(count))
    if given_num:
        num = int(float(amount) * 1000)
        if count > num:
            temp = random.sample(temp, num)
        else:
            temp = temp + [random.choice(temp) for _ in range(num - count)]
    elif amount is not None:
        ratio, new_len = float(amount), int(count * float(amount))
        if ratio < 1:
            temp = random.sample(temp, new_len)
        elif ratio > 1:
            temp = temp + [random.choice(temp) for _ in range(new_len - count)]
    result += temp
print(json.dumps(result))
`;

/** Writes files of so many samples, and the list of them. */
async function writeFiles(
  folder: string,
  files: readonly (readonly [number, string | null])[],
): Promise<string> {
  const lines: string[] = [];
  for (const [index, [count, amount]] of files.entries()) {
    const path = join(folder, `${index}.json`);
    const samples = Array.from(
      { length: count },
      (_, id) => ({ id, conversations: [{ from: "human", value: "" }] }),
    );
    await Deno.writeTextFile(path, JSON.stringify(samples));
    lines.push(amount === null ? path : `${path} ${amount}`);
  }
  await Deno.writeTextFile(join(folder, "data.txt"), lines.join("\n") + "\n");
  return join(folder, "data.txt");
}

await withPython(
  "Mixture draws the samples that Python draws, up and down, by ratio and by thousands",
  () =>
    inFolder(async (folder) => {
      const byRatio = [
        ...[[40, "0.5"], [3, "2.5"], [200, "0.29"], [5, null]] as const,
        ...[[7, "1"], [9, "0"], [11, "1e0"]] as const,
      ];
      const byThousands = [[40, "0.011"], [9, "0.02"], [300, "0.29"], [6, "0.006"]] as const;
      for (const [files, givenNum] of [[byRatio, false], [byThousands, true]] as const) {
        const list = await writeFiles(folder, files);
        for (const seed of [0, 42, 2 ** 40 + 7]) {
          const drawn = JSON.parse(
            await python(REFERENCE, JSON.stringify(files), String(seed), String(givenNum)),
          );
          using mixture = await Mixture.open(list, { seed, givenNum });
          const taken = mixture.files.flatMap(({ taken }) =>
            Array.from({ length: taken.length }, (_, place) => taken.at(place)!)
          );
          assertEquals(taken, drawn);
          assertEquals(mixture.length, drawn.length);
          for (const position of [0, 21, drawn.length - 1]) {
            assertEquals((await mixture.read(position)).sample.id, drawn[position]);
          }
        }
      }
    }),
);

Deno.test("PythonRandom gives samples that differ from one another, and stay below the count", () => {
  fc.assert(fc.property(fc.nat(2 ** 32), fc.integer({ min: 1, max: 300 }), fc.nat(300), (seed, count, k) => {
    const drawn = new PythonRandom(seed).sample(count, Math.min(k, count));
    assertEquals(new Set(drawn).size, Math.min(k, count));
    assertEquals(drawn.every((index) => index >= 0 && index < count), true);
  }));
});

Deno.test("Mixture refuses lines that are not a path and a number, and sets without samples", () =>
  inFolder(async (folder) => {
    const list = await writeFiles(folder, [[3, "1"], [0, "2"]]);
    const [full, empty] = [join(folder, "0.json"), join(folder, "1.json")];
    const refused = async (text: string, code: string, message: string, givenNum = false) => {
      await Deno.writeTextFile(list, text);
      const error = await assertRejects(
        () => Mixture.open(list, { seed: 0, givenNum }),
        VitrailError,
        message,
      );
      assertEquals(error.code, code);
    };
    await refused(`${full}\n\n${full} many\n`, "dataset", 'data.txt, line 3: "');
    await refused(`${full} -1`, "dataset", "is to be a path and a ratio");
    await refused(`${full}`, "dataset", "is to be a path and thousands of samples", true);
    await refused(
      `${full} 1\n${full} 2`,
      "dataset",
      "line 2: " + full + " stands in " + list + ", line 1 too",
    );
    const spaced = `${full}${" ".repeat(100_000)}many of them`;
    await refused(spaced, "dataset", "is to be a path and a ratio");
    const many = Array.from({ length: 50_000 }, (_, index) => `${folder}/${index}.none\n`).join("");
    await refused(`${many}${folder}/7.none`, "dataset", "line 50001: ");
    await refused(`${full} 0.1`, "dataset", "data.txt gives no samples");
    await refused(`${empty} 0.001`, "dataset", "1 samples are wanted of a file that has none", true);
    await refused(`${join(folder, "none.json")} 1`, "io", "none.json: it does not exist");
    const error = await assertRejects(() => Mixture.open(full, { seed: 0, givenNum: true }), VitrailError);
    assertEquals(error.code, "usage");
  }));

Deno.test("Mixture refuses more samples than a set may have, and says how many it has drawn", () =>
  inFolder(async (folder) => {
    for (
      const [amount, givenNum, found] of [["1e308", false, "1e+308"], ["1e308", true, "Infinity"]] as const
    ) {
      const list = await writeFiles(folder, [[1, amount]]);
      const words = `line 1: ${found} samples are wanted of a file that has 1; all files together may give `;
      await assertRejects(() => Mixture.open(list, { seed: 0, givenNum }), VitrailError, words);
    }
    const draw = Mixture.open(await writeFiles(folder, [[3, "1e5"]]), {
      seed: 0,
      givenNum: false,
      onProgress: (drawn, wanted) => assertEquals([drawn > 3, drawn <= 3e5, wanted], [true, true, 3e5]),
    });
    using drawn = await draw;
    assertEquals(drawn.length, 3e5);
  }));
