// Moves words into the order of an output: a tensor's elements, a word each, or canvases of floats.
//
//   tables  r32uint, 4096 texels wide
//           runs     [runCount, 3]         of elements that follow one another in the output: for each the
//                                          index of its first one in the input, that in the output, the count
//           offsets  [longest run]         of each element of a run in the input, from the run's first one on
//   input   [words] u32                    for each job: all that it moves
//   output  [words] u32
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// strip of 512 elements of every run. A strip is four stretches. Sixteen neighbours go through each in order,
// and write 16 words at a time that follow one another.
// Reference twin: src/reference/rearrange.ts

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  input: u32,     // word of the element 0
  runs: u32,      // the first word of the job's runs in `tables`
  runCount: u32,
  offsets: u32,   // their first word in `tables`
  longest: u32,   // elements of the longest run
  output: u32,    // word of the element 0
  patchColumns: u32, // patches of a line, where a row begins with the place of its patch; elsewhere 0
  rowLength: u32, // elements of such a row, its place left out
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

const NEIGHBOURS = 16u; // invocations that move a stretch together
const STRETCH = 128u;   // elements: eight for each of them
const PLACE_ELEMENTS = 2u;

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.longest + 511u) / 512u; // of a run
  let run = group / strips;
  if (run >= job.runCount) { return; }
  let runs = job.runs + run * 3u;
  let source = job.input + tableAt(runs);
  let start = tableAt(runs + 1u);
  let first = group % strips * 512u + lane / NEIGHBOURS * STRETCH;
  let end = min(first + STRETCH, tableAt(runs + 2u));
  var to = job.output + start;
  if (job.patchColumns > 0u) { // a row begins with two floats: its patch's line and column, from 1 on
    let row = start / job.rowLength;
    to += PLACE_ELEMENTS * (row + 1u);
    if (start % job.rowLength == 0u && first + lane == 0u) {
      output[to - PLACE_ELEMENTS] = bitcast<u32>(f32(row / job.patchColumns + 1u));
      output[to - 1u] = bitcast<u32>(f32(row % job.patchColumns + 1u));
    }
  }
  for (var k = first + lane % NEIGHBOURS; k < end; k += NEIGHBOURS) {
    output[to + k] = input[source + tableAt(job.offsets + k)];
  }
}
