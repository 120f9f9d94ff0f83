import { ON_WEBGPU } from "../peers/programs.ts";
import type { Figure } from "../report/figure.ts";
import { short } from "../report/table.ts";

/** An aim of the bench on a GPU. */
interface Aim {
  text: string;
  /** The case, and the peer whose time is divided by Vitrail's; without one it is Vitrail's own, in ms. */
  case: string;
  peer?: string;
  /** The least multiple of Vitrail's time that the peer is to take, or the most that Vitrail's may be. */
  bound: number;
}

const TORCHVISION = "torchvision, CUDA", FAST = "HuggingFace fast, CUDA";

/** The aims, in the order of the table. */
const AIMS: readonly Aim[] = [
  { text: "decoded, left on the GPU", case: "resident, decoded", peer: TORCHVISION, bound: 3 },
  { text: "4 files, left on the GPU", case: "resident, 4 mixed", peer: TORCHVISION, bound: 3 },
  { text: "a file, left on the GPU", case: "resident, 1", peer: TORCHVISION, bound: 3 },
  { text: "16 files", case: "resident, 16", peer: TORCHVISION, bound: 3 },
  { text: "64 files", case: "resident, 64", peer: TORCHVISION, bound: 3 },
  { text: "qwen2_vl, decoded", case: "resident qwen, decoded", peer: FAST, bound: 3 },
  { text: "qwen2_vl, 4 files", case: "resident qwen, 4 mixed", peer: FAST, bound: 3 },
  { text: "qwen2_vl, 16 files", case: "resident qwen, 16", peer: FAST, bound: 3 },
  { text: "stream of mixed files to f32, ms a picture", case: "stream mixed", bound: 2.5 },
  { text: "stream of 1920x1080", case: "stream", peer: "Pillow + torch", bound: 2 },
  { text: "stream of 1920x1080", case: "stream", peer: "torchvision, CPU", bound: 2 },
  { text: "stream of 1920x1080", case: "stream", peer: "sharp + loop", bound: 1.2 },
];

/** Returns the rows of a table of aims: what is aimed at, against whom, the bound, what was found. */
export function aimRows(figures: readonly Figure[]): string[][] {
  const timeOf = (name: string, peer: string) =>
    figures.find((figure) => figure.case === name && figure.what === peer && figure.rounds > 0)?.median;
  const rows = AIMS.map(({ text, case: name, peer, bound }) => {
    const mine = timeOf(name, ON_WEBGPU), theirs = peer === undefined ? undefined : timeOf(name, peer);
    const limit = peer === undefined ? `${bound} at most` : `${bound} times or more`;
    if (mine === undefined || (peer !== undefined && theirs === undefined)) {
      return [text, peer ?? "", limit, "not measured", ""];
    }
    const found = theirs === undefined ? mine : theirs / mine;
    const met = theirs === undefined ? found <= bound : found >= bound;
    return [text, peer ?? "", limit, short(found), met ? "met" : "missed"];
  });
  return [["Vitrail on WebGPU", "against", "aim", "found", ""], ...rows];
}
