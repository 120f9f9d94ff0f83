// The vertical pass: resamples down the lines that the horizontal pass made, rounds the results to bytes, and
// puts them on canvases. Of a transposed picture, whose columns come first, these lines are its columns.
//
//   lines   [lineCount, columns] u32       for each job: pixels of packed RGB, made by the horizontal pass
//   tables  r32uint, 4096 texels wide      taps: [rows, 2 + tapsWidth], each the first line, the count of
//                                          lines, and their weights in fixed point of 22 bits
//   canvas  [words] u32                    canvases side by side: pixels of packed RGB, and 255 above it
//
// A pixel's word on its canvas is found by two steps: where the picture is worked on transposed, the step of
// x is a whole line of the canvas.
//
// Grid: a job has a workgroup for every 512 columns of every row. An invocation makes eight of its pixels, 64
// columns apart, so that neighbours read neighbouring words. They write such, too, but for transposed
// pictures, whose columns are lines of the canvas.
// Reference twin: src/reference/resample.ts

struct Job {
  @align(16) firstGroup: u32,
  lines: u32,     // word of the line 0, from which taps are counted; it may lie before the binding
  taps: u32,      // word of the first row's
  tapsWidth: u32,
  columns: u32,
  rows: u32,
  canvas: u32,    // word of the first row's first pixel
  stepX: u32,     // words from a pixel to the next one of its row
  stepY: u32,     // words from a row to the next one
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
@group(0) @binding(2) var<storage, read> lines: array<u32>;
@group(0) @binding(3) var<storage, read_write> canvas: array<u32>;

const BITS = 22u; // of weights, behind the point

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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = (id.z * counts.y + id.y) * counts.x + id.x;
  let job = jobOf(group);
  let local = group - job.firstGroup;
  let across = (job.columns + 511u) / 512u;
  let left = local % across * 512u;
  let row = local / across;
  if (row >= job.rows) { return; }
  let taps = job.taps + row * (2u + job.tapsWidth);
  let count = tableAt(taps + 1u);
  let source = job.lines - params.starts.x + tableAt(taps) * job.columns;
  let to = job.canvas - params.starts.y + row * job.stepY;
  for (var x = left + lane; x < min(left + 512u, job.columns); x += 64u) {
    var sums = vec3i(1 << (BITS - 1u));
    for (var k = 0u; k < count; k++) {
      let pixel = vec3u(lines[source + k * job.columns + x]) >> vec3u(0u, 8u, 16u);
      sums += bitcast<i32>(tableAt(taps + 2u + k)) * vec3i(pixel & vec3u(255u));
    }
    let color = vec3u(clamp(sums >> vec3u(BITS), vec3i(0), vec3i(255)));
    canvas[to + x * job.stepX] = color.r | (color.g << 8u) | (color.b << 16u) | 0xff000000u;
  }
}
