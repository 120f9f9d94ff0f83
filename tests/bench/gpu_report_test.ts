import { assert, assertEquals } from "@std/assert";
import { aimRows } from "../../bench/gpu/aims.ts";
import { reportOf } from "../../bench/gpu/report.ts";
import { ON_CUDA, ON_WEBGPU, PEERS } from "../../bench/peers/programs.ts";
import { figureOf, missing } from "../../bench/report/figure.ts";

const FIGURES = [
  figureOf("resident, decoded", ON_WEBGPU, "ms", [2]),
  figureOf("resident, decoded", "torchvision, CUDA", "ms", [6.2]),
  figureOf("resident, 1", ON_WEBGPU, "ms", [4]),
  figureOf("resident, 1", "torchvision, CUDA", "ms", [6]),
  figureOf("resident, 16", ON_WEBGPU, "ms", [4]),
  missing("resident, 16", "torchvision, CUDA", "no python3 here has it"),
  figureOf("stream mixed", ON_WEBGPU, "ms", [2.4]),
];

Deno.test("aimRows tells what is met, what is missed and what was not measured", () => {
  const [header, ...rows] = aimRows(FIGURES);
  assertEquals(header.length, 5);
  assertEquals(rows.filter(([, , , , verdict]) => verdict !== ""), [
    ["decoded, left on the GPU", "torchvision, CUDA", "3 times or more", "3.10", "met"],
    ["a file, left on the GPU", "torchvision, CUDA", "3 times or more", "1.50", "missed"],
    ["stream of mixed files to f32, ms a picture", "", "2.5 at most", "2.40", "met"],
  ]);
  assert(rows.every(([, , , found, verdict]) => (found === "not measured") === (verdict === "")));
  const peers = [...PEERS, ...ON_CUDA].map(({ name }) => name);
  assertEquals(rows.filter(([, peer]) => peer !== "" && !peers.includes(peer)), []);
});

Deno.test("reportOf has a table of every step, and the reason where one has none", () => {
  const machine = { date: "2026-11-29", adapter: "A GPU", cores: 4, deno: "2.9.6", python: "torch 2" };
  const report = reportOf(machine, [
    { name: "doctor", seconds: 1, figures: [], text: "executor: webgpu\n" },
    { name: "resident", seconds: 9.6, figures: FIGURES.slice(0, 2) },
    { name: "host", seconds: 60, figures: [], failure: "ended after 60 s: measuring host" },
  ]);
  const lines = report.split("\n");
  assertEquals(lines[0], "# A GPU, 2026-11-29");
  assert(lines.includes("| resident, decoded | torchvision, CUDA | 6.20 ms |  | 1 |  |  |  |"));
  assert(lines.includes("## resident, 10 s") && lines.includes("executor: webgpu"));
  assert(lines.includes("**ended after 60 s: measuring host**"));
});
