// What kernels that end with it move at once: four words.

const RUN = 4u;
alias Run = vec4u;

// The i-th run of a group's words.
fn runOf(words: vec4u, i: u32) -> Run {
  return words;
}
