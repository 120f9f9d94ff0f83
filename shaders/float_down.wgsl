// Resamples columns of floats, vertically, and puts the results on canvases: as floats or, where a canvas
// holds bytes, rounded to them.
//
//   lines   [lineCount, columns, 3] f32    for each job
//   tables  r32uint, 4096 texels wide      taps: [rows, 2 + tapsWidth], each the first line, the count of
//                                          lines, and the bits of their weights
//   canvas  [words] u32                    canvases side by side: pixels of packed RGB with 255 above it, or
//                                          of the bits of three f32
//
// Grid: a job has a workgroup for every 64 columns of every row.
// Reference twin: src/reference/resample_floats.ts and src/reference/float_canvas.ts

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
  unrolled: u32,  // the length of groups of products that are rounded; 0: none is
  floats: u32,    // 1 where the canvas holds floats
}

struct Params {
  starts: vec3u,         // the words where bindings begin, two at most: jobs count words of whole buffers
  count: u32,            // jobs
  jobs: array<Job, 128>, // in the order of their workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> lines: array<f32>;
@group(0) @binding(3) var<storage, read_write> canvas: array<u32>;

// The job of a workgroup: the last one that begins with it or before it.
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
  let across = (job.columns + 63u) / 64u;
  let column = local % across * 64u + lane;
  let row = local / across;
  if (column >= job.columns || row >= job.rows) { return; }
  let taps = job.taps + row * (2u + job.tapsWidth);
  let count = tableAt(taps + 1u);
  let rounded = roundedOf(count, job.unrolled);
  var source = job.lines - params.starts.x + (tableAt(taps) * job.columns + column) * 3u;
  var sums: vec3f;
  for (var k = 0u; k < count; k++) {
    let weight = bitcast<f32>(tableAt(taps + 2u + k));
    let own = vec3f(lines[source], lines[source + 1u], lines[source + 2u]);
    if (k < rounded) { sums = plusRounded(sums, own, weight); }
    else { sums = plusFused(sums, own, weight); }
    source += job.columns * 3u;
  }
  let to = job.canvas - params.starts.y + row * job.stepY + column * job.stepX;
  if (job.floats == 1u) {
    let bits = bitcast<vec3u>(sums);
    canvas[to] = bits.r;
    canvas[to + 1u] = bits.g;
    canvas[to + 2u] = bits.b;
  } else {
    let color = vec3u(clamp(round(sums), vec3f(0.0), vec3f(255.0))); // round takes halves to even
    canvas[to] = color.r | (color.g << 8u) | (color.b << 16u) | 0xff000000u;
  }
}
