// Fills rectangles of canvases: what lies around a content, and the marks upon it. A fill that is no byte is
// written as 0, which no colour is: 255 stands above each. The store knows it by that.
//
//   canvas  [words] u32                    canvases side by side: a word a pixel, or three of floats
//
// Grid: a job has a workgroup for every 512 columns of every line.
// Reference twin: src/reference/raster.ts

struct Job {
  @align(16) firstGroup: u32,
  canvas: u32,  // word of the first pixel
  stepY: u32,   // words from a line to the next one
  columns: u32, // words of a line
  lineCount: u32,
  word0: u32,   // what is written: three words in turn, all the same where a pixel has one
  word1: u32,
  word2: u32,
}

struct Params {
  starts: vec2u,         // the word where the binding begins, and 0: jobs count words of the whole buffer
  zero: u32,             // 0, which compilers do not know
  count: u32,            // jobs
  jobs: array<Job, 128>, // in the order of their workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> canvas: array<u32>;

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
  let line = local / across;
  if (line >= job.lineCount) { return; }
  let to = job.canvas - params.starts.x + line * job.stepY;
  let words = vec3u(job.word0, job.word1, job.word2);
  // x counts words from the left edge of the rectangle, where a pixel begins.
  for (var x = left + lane; x < min(left + 512u, job.columns); x += 64u) { canvas[to + x] = words[x % 3u]; }
}
