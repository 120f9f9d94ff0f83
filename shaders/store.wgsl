// The store: writes the rows of an output, in any layout and element type, from finished canvases.
//
//   tables  r32uint, 4096 texels wide
//           runs      [runCount, 3]        of elements that follow one another in the output: where the first
//                                          comes from, where it goes to, and their count
//           offsets   [longest run]        of each element of a run in the input, from the run's first on
//           elements  [3, 257]             each byte's element, and behind them the fill's, by channel
//   canvas  [words] u32                    canvases side by side: packed RGB and 255 above it; or 0, for a
//                                          fill that is no byte: its element is the 257th. FLOATS: three
//                                          elements a pixel, and PER_WORD is 1
//   values  [words] u32                    the output: one, two or four elements a word
//
//     output     │ run 0 │ run 1 │ run 2 │ …      element k of a run comes from   run.from + offsets[k]
//
// Runs begin and end at whole words. The elements that they come from are counted as in a tensor
// `[channel, y, x]`, whose channels have `area` pixels each. So an element's source index tells its channel,
// and the rest of it is a pixel of the canvas.
//
// PLANES: runs are those of the channel 0 alone, and the others' lie a step farther each. An invocation then
// reads a pixel once for all three. Else a run may hold elements of all channels.
//
// Grid: a job has a workgroup for every 512 words of every run. An invocation writes eight whole words of it,
// 64 apart, so that neighbours write neighbouring words; PLANES: eight in each channel.
// Reference twin: src/reference/reference_rows.ts

override PER_WORD: u32 = 1u;   // elements
override PLANES: bool = false; // a run is repeated in each channel
override FLOATS: bool = false; // canvases hold the elements themselves

struct Job {
  @align(16) firstGroup: u32,
  canvas: u32,    // word of the first pixel
  area: u32,      // pixels of the canvas
  elements: u32,  // word of the table
  runs: u32,      // word of the first run's
  runCount: u32,
  offsets: u32,   // word of the table
  longest: u32,   // elements of the longest run
  values: u32,    // word of the element 0 of the view's rows
  step: u32,      // words from a channel's runs to the next one's
  grid: u32,      // patches of a line, where a row begins with the place of its patch; elsewhere 0
  rowLength: u32, // elements of a row, its place left out
}

struct Params {
  starts: vec2u,         // the words where the bindings that are read and written begin: jobs count words
                         // of whole buffers
  zero: u32,             // 0, which compilers do not know
  count: u32,            // jobs
  jobs: array<Job, 128>, // in the order of their workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> canvas: array<u32>;
@group(0) @binding(3) var<storage, read_write> values: array<u32>;

// The job of a workgroup: the last one that begins with it or before it. Workgroups are counted along x, then
// y, then z. A grid may have more than its jobs take: they are the last job's, and find nothing to do.
fn jobOf(group: u32) -> Job {
  var low = 0u;
  var high = params.count;
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (params.jobs[middle].firstGroup <= group) { low = middle; } else { high = middle; }
  }
  return params.jobs[low];
}

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

// The element of a channel of a pixel's word.
fn elementIn(job: Job, color: u32, channel: u32) -> u32 {
  let byte = (color >> (8u * channel)) & 255u;
  return tableAt(job.elements + channel * 257u + select(256u, byte, color > 0xffffffu));
}

// The element of a pixel's channel.
fn elementOf(job: Job, pixel: u32, channel: u32) -> u32 {
  let first = job.canvas - params.starts.x;
  if (FLOATS) { return canvas[first + pixel * 3u + channel]; }
  return elementIn(job, canvas[first + pixel], channel);
}

// The elements of all three channels of a pixel, whose word is read once.
fn elementsOf(job: Job, pixel: u32) -> vec3u {
  let first = job.canvas - params.starts.x;
  if (FLOATS) {
    let words = first + pixel * 3u;
    return vec3u(canvas[words], canvas[words + 1u], canvas[words + 2u]);
  }
  let color = canvas[first + pixel];
  return vec3u(elementIn(job, color, 0u), elementIn(job, color, 1u), elementIn(job, color, 2u));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = (id.z * counts.y + id.y) * counts.x + id.x;
  let job = jobOf(group);
  let local = group - job.firstGroup;
  let strips = (job.longest / PER_WORD + 511u) / 512u; // of a run
  let run = local / strips;
  if (run >= job.runCount) { return; }
  let runs = job.runs + run * 3u;
  let source = tableAt(runs);
  let start = tableAt(runs + 1u);
  let first = local % strips * 512u;
  let end = min(first + 512u, tableAt(runs + 2u) / PER_WORD);
  var to = job.values - params.starts.y + start / PER_WORD;
  if (FLOATS && job.grid > 0u) { // a row begins with two elements: its patch's line and column, from 1 on
    let row = start / job.rowLength;
    to += 2u * (row + 1u);
    if (start % job.rowLength == 0u && first + lane == 0u) {
      values[to - 2u] = bitcast<u32>(f32(row / job.grid + 1u));
      values[to - 1u] = bitcast<u32>(f32(row % job.grid + 1u));
    }
  }
  for (var word = first + lane; word < end; word += 64u) {
    var words = vec3u(); // of one channel, or three
    for (var e = 0u; e < PER_WORD; e++) {
      let index = source + tableAt(job.offsets + word * PER_WORD + e);
      var elements = vec3u();
      if (PLANES) {
        elements = elementsOf(job, index);
      } else {
        let channel = u32(index >= job.area) + u32(index >= 2u * job.area);
        elements.r = elementOf(job, index - channel * job.area, channel);
      }
      words |= elements << vec3u(e * (32u / PER_WORD));
    }
    values[to + word] = words.r;
    if (PLANES) {
      values[to + job.step + word] = words.g;
      values[to + 2u * job.step + word] = words.b;
    }
  }
}
