// Moves a tensor's elements, a word each, into another order. It takes no jobs: a call rearranges a tensor,
// or all rows of an output, at once.
//
//   tables  r32uint, 4096 texels wide
//           runs     [runCount, 3]         of elements that follow one another in the output: where the first
//                                          comes from, where it goes to, and their count
//           offsets  [longest run]         of each element of a run in the input, from the run's first one on
//   input   [elements] u32
//   output  [elements] u32
//
// Grid: a workgroup for every 512 elements of every run.
// Reference twin: src/reference/rearrange.ts

struct Params {
  runs: u32,     // word of the first run's
  runCount: u32,
  offsets: u32,  // word of the table
  longest: u32,  // elements of the longest run
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = (id.z * counts.y + id.y) * counts.x + id.x;
  let strips = (params.longest + 511u) / 512u; // of a run
  let run = group / strips;
  if (run >= params.runCount) { return; }
  let runs = params.runs + run * 3u;
  let source = tableAt(runs);
  let to = tableAt(runs + 1u);
  let first = group % strips * 512u;
  let end = min(first + 512u, tableAt(runs + 2u));
  for (var k = first + lane; k < end; k += 64u) {
    output[to + k] = input[source + tableAt(params.offsets + k)];
  }
}
