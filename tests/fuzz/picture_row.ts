import { probePicture } from "../../src/codecs/load.ts";
import type { Draw } from "../support/fuzz/draws.ts";
import type { MutatedPicture } from "../support/fuzz/pictures/mutated_pictures.ts";
import { decodedVerdict, isAllowed, MOST_PIXELS } from "../support/pictures/decoded_verdict.ts";
import { PillowPeer } from "../support/pictures/pillow_verdicts.ts";
import { pythonHas } from "../support/python.ts";
import { type FuzzRow, orOurError } from "./fuzz_row.ts";

const CHOICES = ["sharp", "portable"] as const;

/** The treatments of transparency. */
const ALPHAS = ["drop", "white"] as const;

/** Returns a row of pictures: sharp and the portable decoders against Pillow, where that is. */
export async function pictureRow(picture: (draw: Draw) => Promise<MutatedPicture>): Promise<FuzzRow> {
  const pillow = await pythonHas("PIL")
    ? { drop: new PillowPeer(MOST_PIXELS), white: new PillowPeer(MOST_PIXELS, "white") }
    : undefined;
  return {
    async input(draw) {
      const { bytes, format } = await picture(draw);
      return { bytes, ending: format };
    },
    async attack({ bytes }) {
      await orOurError(() => probePicture(bytes, 0));
      const wrong: string[] = [];
      for (const alpha of ALPHAS) {
        const pillows = await pillow?.[alpha].verdict(bytes), read: string[] = [];
        for (const choice of CHOICES) {
          const ours = await decodedVerdict(bytes, choice, alpha);
          if (!ours.startsWith("error ")) read.push(ours);
          else if (ours.includes("\n")) wrong.push(`${choice} has an error of several lines: ${ours}`);
          if (pillows === undefined || isAllowed(ours, pillows)) continue;
          wrong.push(`${choice} gives ${ours}, Pillow ${pillows} (alpha: ${alpha})`);
        }
        if (new Set(read).size > 1) wrong.push(`the decoders differ: ${read.join(", ")} (alpha: ${alpha})`);
      }
      return wrong.length > 0 ? wrong.join("; ") : undefined;
    },
    close: async () => {
      await pillow?.drop.close();
      await pillow?.white.close();
    },
  };
}
