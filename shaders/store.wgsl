// The store: writes the rows of an output, in any layout and element type, from finished canvases of bytes.
//
//   tables  r32uint, 4096 texels wide
//           runs      [runCount, 3]        for each run: the index of its first element in the input, that
//                                          in the output, and the count of its elements
//           offsets   [longest run]        of each element of a run in the input, from the run's first one on
//           elements  [3, 257]             for each channel: the elements of all bytes, and then the fill's
//   canvas  [words] u32                    canvases side by side: packed RGB and 255 above it. A word 0
//                                          is the fill, where that is no byte: its element is the 257th
//   output  [words] u32                    rows: one, two or four elements a word
//
//     output     │ run 0 │ run 1 │ run 2 │ …      element k of a run comes from   run.from + offsets[k]
//
// A run is elements that follow one another in the output. It begins and ends at whole words. The input is
// the canvas as a tensor `[channel, y, x]`: index / `area` is the channel, and what is left the pixel.
//
// PLANES: runs are those of the channel 0 alone. Those of the channels 1 and 2 lie `step` and twice `step`
// words behind them, and an invocation reads a pixel once for all three. Else a run may hold all channels.
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// strip of 512 words of every run. A strip is four stretches. Sixteen neighbours go through each in order,
// and write 16 words at a time that follow one another. PLANES: as many in each channel.
// Reference twin: src/reference/reference_rows.ts

override PER_WORD: u32 = 1u;   // elements
override PLANES: bool = false; // a run is repeated in each channel

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  canvas: u32,   // word of the first pixel
  area: u32,     // pixels of the canvas
  elements: u32, // their first word in `tables`
  runs: u32,     // the first word of the job's runs in `tables`
  runCount: u32,
  offsets: u32,  // their first word in `tables`
  longest: u32,  // elements of the longest run
  output: u32,   // word of the element 0 of the view's rows
  step: u32,     // words from a channel's runs to the next one's
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> canvas: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

const NEIGHBOURS = 16u; // invocations that write a stretch together, 64 bytes at a time
const STRETCH = 128u;   // words: eight for each of them

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

// The element of a channel of a pixel's word. The word 0 is the fill: 256 elements behind that of a byte 0.
fn elementOf(job: Job, color: u32, channel: u32) -> u32 {
  let byte = (color >> (8u * channel)) & 255u;
  return tableAt(job.elements + channel * 257u + byte + select(256u, 0u, color > 0xffffffu));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.longest / PER_WORD + 511u) / 512u; // of a run
  let run = group / strips;
  if (run >= job.runCount) { return; }
  let runs = job.runs + run * 3u;
  let source = tableAt(runs);
  let to = job.output + tableAt(runs + 1u) / PER_WORD;
  let first = group % strips * 512u + lane / NEIGHBOURS * STRETCH;
  let end = min(first + STRETCH, tableAt(runs + 2u) / PER_WORD);
  for (var word = first + lane % NEIGHBOURS; word < end; word += NEIGHBOURS) {
    var words = vec3u(); // PLANES: one of each channel; else the first is all of the run
    for (var e = 0u; e < PER_WORD; e++) {
      let shift = e * (32u / PER_WORD);
      let index = source + tableAt(job.offsets + word * PER_WORD + e);
      let channel = select(u32(index >= job.area) + u32(index >= 2u * job.area), 0u, PLANES); // index / area
      let color = canvas[job.canvas + index - channel * job.area];
      words[0] |= elementOf(job, color, channel) << shift;
      if (PLANES) {
        words[1] |= elementOf(job, color, 1u) << shift;
        words[2] |= elementOf(job, color, 2u) << shift;
      }
    }
    output[to + word] = words[0];
    if (PLANES) {
      output[to + job.step + word] = words[1];
      output[to + 2u * job.step + word] = words[2];
    }
  }
}
