// Resamples lines of pixels to floats, horizontally. Bytes become values first.
//
//   pixels  [words] u32                    pictures and canvases side by side: three bytes a pixel or four
//   tables  r32uint, 4096 texels wide      taps: [columns, 2 + tapsWidth], each the first pixel, the count of
//                                          pixels, and their weights as bits of f32; bytes' values: [256]
//   lines   [lineCount, columns, 3] f32    for each job
//
// Grid: a job has a workgroup for every 64 columns of every line. Pixels are found as in horizontal.wgsl.
// Reference twin: src/reference/resample_floats.ts and src/reference/float_canvas.ts

struct Job {
  @align(16) firstGroup: u32,
  pixels: u32,    // the byte of the pixel 0 of the first line
  stepX: u32,     // bytes from a pixel to the next one of its line
  stepY: u32,     // bytes from a line to the next one
  taps: u32,      // word of the first column's
  tapsWidth: u32,
  columns: u32,
  lineCount: u32,
  lines: u32,     // word of the first line
  values: u32,    // word of the bytes' values
  unrolled: u32,  // the length of groups of products that are rounded; 0: none is
}

struct Params {
  starts: vec3u,         // the words where bindings begin, two at most: jobs count words of whole buffers
  count: u32,            // jobs
  jobs: array<Job, 128>, // in the order of their workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read_write> lines: array<f32>;

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

// The values of the pixel at a byte, which lies in one word or in two.
fn valuesAt(byte: u32, table: u32) -> vec3f {
  let word = byte >> 2u;
  let shift = (byte & 3u) * 8u;
  var bits = pixels[word] >> shift;
  if (shift > 8u) { bits |= pixels[word + 1u] << (32u - shift); }
  let own = vec3u(table) + ((vec3u(bits) >> vec3u(0u, 8u, 16u)) & vec3u(255u));
  return bitcast<vec3f>(vec3u(tableAt(own.r), tableAt(own.g), tableAt(own.b)));
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
  let line = local / across;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let taps = job.taps + column * (2u + job.tapsWidth);
  let count = tableAt(taps + 1u);
  var byte = job.pixels - params.starts.x * 4u + tableAt(taps) * job.stepX + line * job.stepY;
  let rounded = roundedOf(count, job.unrolled);
  var sums: vec3f;
  for (var k = 0u; k < count; k++) {
    let weight = bitcast<f32>(tableAt(taps + 2u + k));
    let values = valuesAt(byte, job.values);
    if (k < rounded) { sums = plusRounded(sums, values, weight); }
    else { sums = plusFused(sums, values, weight); }
    byte += job.stepX;
  }
  let to = job.lines - params.starts.y + (line * job.columns + column) * 3u;
  lines[to] = sums.r;
  lines[to + 1u] = sums.g;
  lines[to + 2u] = sums.b;
}
