// Fills rectangles of canvases: what lies around a content, and the marks upon it. A fill that is no byte is
// written as the word 0, by which the store knows it. A colour is never 0, since 255 stands above it.
//
//   canvas  [words] u32                    canvases side by side: a word a pixel, or three of floats
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 512 words of every line.
// Reference twin: src/reference/raster.ts

struct Job {
  @align(16) firstGroup: u32, // the job's workgroup that this entry begins with
  canvas: u32,  // word of the first pixel
  stepY: u32,   // words from a line to the next one
  columns: u32, // words of a line: three a pixel of floats
  lineCount: u32,
  word0: u32,   // what is written: three words in turn, all the same where a pixel has one
  word1: u32,
  word2: u32,
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var<storage, read_write> canvas: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 511u) / 512u;
  let left = group % strips * 512u;
  let line = group / strips;
  if (line >= job.lineCount) { return; }
  let to = job.canvas + line * job.stepY;
  let words = vec3u(job.word0, job.word1, job.word2);
  // x counts words from the left edge of the rectangle, where a pixel begins.
  for (var x = left + lane; x < min(left + 512u, job.columns); x += 64u) { canvas[to + x] = words[x % 3u]; }
}
