// The horizontal pass: resamples lines of pixels, and rounds the results to bytes.
//
//   pixels  [words] u32   pictures and canvases side by side: three bytes a pixel or four
//   tables  r32uint, 4096 texels wide
//           taps  [columns, 2 + tapsWidth]: for each column its first pixel, the count of its pixels, and
//                 their weights in fixed point of 22 bits
//   lines   [words] u32   for each job: [lineCount, columns] pixels of packed RGB
//
// The pixel x of the line y begins at the byte `pixels + x · stepX + y · stepY`. Negative steps (modulo 2³²)
// read turned and mirrored pictures. Exchanged ones read columns, where the vertical pass comes first.
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 64 columns of every four lines. An invocation makes one pixel of each of the four: they share weights, and
// each is a component of its vectors.
// Reference twin: src/reference/resample.ts

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  pixels: u32,    // the byte of the pixel 0 of the first line
  stepX: u32,     // bytes from a pixel to the next one of its line
  stepY: u32,     // bytes from a line to the next one
  taps: u32,      // word in `tables` of the first column's
  tapsWidth: u32,
  columns: u32,
  lineCount: u32,
  lines: u32,     // word of the first line
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read_write> lines: array<u32>;

const BITS = 22u; // of weights, behind the point

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

// The word whose lowest bytes are the pixel at a byte. They lie in one word, or in two:
//
//     words     │ R0 G0 B0 R1 │ G1 B1 R2 G2 │ B2 R3 G3 B3 │
fn pixelAt(byte: u32) -> u32 {
  let word = byte >> 2u;
  let shift = (byte & 3u) * 8u;
  let bits = pixels[word] >> shift;
  if (shift <= 8u) { return bits; }
  return bits | (pixels[word + 1u] << (32u - shift));
}

fn bytesOf(sums: vec4i) -> vec4u {
  return vec4u(clamp(sums >> vec4u(BITS), vec4i(0), vec4i(255)));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 63u) / 64u;
  let column = group % strips * 64u + lane;
  let line = group / strips * 4u;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let taps = job.taps + column * (2u + job.tapsWidth);
  let count = tableAt(taps + 1u);
  // Below the last line, components repeat it.
  let ys = min(line + vec4u(0u, 1u, 2u, 3u), vec4u(job.lineCount - 1u));
  var at = job.pixels + tableAt(taps) * job.stepX + ys * job.stepY;
  var red = vec4i(1 << (BITS - 1u)); // one half: the shift then rounds
  var green = red;
  var blue = red;
  for (var k = 0u; k < count; k++) {
    let weight = bitcast<i32>(tableAt(taps + 2u + k));
    let colors = vec4u(pixelAt(at.x), pixelAt(at.y), pixelAt(at.z), pixelAt(at.w));
    red += weight * vec4i(colors & vec4u(255u));
    green += weight * vec4i((colors >> vec4u(8u)) & vec4u(255u));
    blue += weight * vec4i((colors >> vec4u(16u)) & vec4u(255u));
    at += job.stepX;
  }
  let words = bytesOf(red) | (bytesOf(green) << vec4u(8u)) | (bytesOf(blue) << vec4u(16u));
  let to = job.lines + ys * job.columns + column;
  lines[to.x] = words.x;
  lines[to.y] = words.y;
  lines[to.z] = words.z;
  lines[to.w] = words.w;
}
