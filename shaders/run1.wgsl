// What kernels that end with it move at once: a word.

const RUN = 1u;
alias Run = u32;

// The i-th run of a group's words.
fn runOf(words: vec4u, i: u32) -> Run {
  return words[i];
}
