import { join } from "node:path";
import { turns, writePicture } from "./data_set.ts";
import { PICTURES } from "../vitrail.ts";

/** A recipe that is quickly made. */
export const SMALL = ["--recipe", "ixc2", "--set", "size=28", "--executor", "reference"];

/** A folder of pictures, bad ones too, and a folder beside it. */
export async function writePictures(folder: string): Promise<string> {
  const root = join(folder, "pictures");
  await Deno.mkdir(root);
  for (const index of [0, 1, 2, 3]) {
    await writePicture(root, `${index}.png`, { kind: "noise", w: 30 + index, h: 50, seed: index + 1 });
  }
  await writePicture(folder, "outside.png", { kind: "mix", w: 9, h: 9 });
  await Deno.symlink(join(folder, "outside.png"), join(root, "link.png"));
  const whole = await Deno.readFile(`${PICTURES}/window.jpg`);
  await Deno.writeFile(join(root, "cut.jpg"), whole.subarray(0, whole.length / 2));
  await Deno.writeTextFile(join(root, "text.jpg"), "no picture");
  return root;
}

/** A sample that can be used. */
export const GOOD = { id: "good", conversations: turns("?", "!"), image: "0.png" };
