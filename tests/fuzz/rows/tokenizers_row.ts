/** Files `tokenizer.json` in which a few places are other than they should be. */

import { join } from "node:path";
import { readTokenizer } from "../../../src/text/read_tokenizer.ts";
import { mutatedJson } from "../../support/fuzz/mutated_json.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";
import { type FuzzRow, orOurError } from "../fuzz_row.ts";

const TEXTS = ["", "the the\n\n", "é🐼 [UNUSED_TOKEN_146]</s>", "\ud800 a".repeat(50)];

export async function open(): Promise<FuzzRow> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-fuzz-" }), path = join(folder, "tokenizer.json");
  return {
    input: (draw) => ({ bytes: mutatedJson(tokenizerJson(), draw), ending: "json" }),
    async attack({ bytes }) {
      await Deno.writeFile(path, bytes);
      const file = await orOurError(() => readTokenizer(path));
      if (file === undefined) return undefined;
      for (const text of TEXTS) {
        const ids = await orOurError(() => file.tokenizer(text, true));
        if (ids === undefined) continue;
        const wrong = ids.find((id) => !Number.isSafeInteger(id) || id < 0);
        if (wrong !== undefined) return `the token ${JSON.stringify(wrong)} of ${JSON.stringify(text)}`;
      }
    },
    close: () => Deno.remove(folder, { recursive: true }),
  };
}
