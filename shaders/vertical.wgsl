// The vertical pass: resamples down the lines that the horizontal pass made, rounds the results to bytes, and
// puts them on canvases.
//
//   lines   [words] u32   for each job: [.., columns] pixels of packed RGB, made by the horizontal pass
//   tables  r32uint, 4096 texels wide
//           taps  [lineCount, 2 + tapsWidth]: for each line its first source line, the count of these, and
//                 their weights in fixed point of 22 bits
//   canvas  [words] u32   canvases side by side: pixels of packed RGB, and 255 above it
//
// The pixel x of the line y goes to the word `canvas + x · stepX + y · stepY`. A transposed picture has its
// steps exchanged: its lines are columns of the canvas.
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 256 columns of every line. An invocation makes four pixels, 64 columns apart: they share weights, and each
// is a component of its vectors. Neighbours read neighbouring words, and write such unless transposed.
// Reference twin: src/reference/resample.ts

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  lines: u32,     // word of the line 0, from which taps are counted; it may lie before the binding
  taps: u32,      // word in `tables` of the first line's
  tapsWidth: u32,
  columns: u32,
  lineCount: u32, // that are made
  canvas: u32,    // word of the first pixel
  stepX: u32,     // words from a pixel to the next one of its line
  stepY: u32,     // words from a line to the next one
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> lines: array<u32>;
@group(0) @binding(3) var<storage, read_write> canvas: array<u32>;

const BITS = 22u; // of weights, behind the point

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

fn bytesOf(sums: vec4i) -> vec4u {
  return vec4u(clamp(sums >> vec4u(BITS), vec4i(0), vec4i(255)));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 255u) / 256u;
  let column = group % strips * 256u + lane;
  let line = group / strips;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let taps = job.taps + line * (2u + job.tapsWidth);
  let count = tableAt(taps + 1u);
  // Beyond the end of the line, components repeat the last of its pixels.
  let xs = column + 64u * min(vec4u(0u, 1u, 2u, 3u), vec4u((job.columns - 1u - column) / 64u));
  var at = job.lines + tableAt(taps) * job.columns + xs;
  var red = vec4i(1 << (BITS - 1u)); // one half: the shift then rounds
  var green = red;
  var blue = red;
  for (var k = 0u; k < count; k++) {
    let weight = bitcast<i32>(tableAt(taps + 2u + k));
    let colors = vec4u(lines[at.x], lines[at.y], lines[at.z], lines[at.w]);
    red += weight * vec4i(colors & vec4u(255u));
    green += weight * vec4i((colors >> vec4u(8u)) & vec4u(255u));
    blue += weight * vec4i((colors >> vec4u(16u)) & vec4u(255u));
    at += job.columns;
  }
  let words = bytesOf(red) | (bytesOf(green) << vec4u(8u)) | (bytesOf(blue) << vec4u(16u)) |
    vec4u(0xff000000u);
  let to = job.canvas + xs * job.stepX + line * job.stepY;
  canvas[to.x] = words.x;
  canvas[to.y] = words.y;
  canvas[to.z] = words.z;
  canvas[to.w] = words.w;
}
