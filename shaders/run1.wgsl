// What kernels that end with it move at once: a word.
//
// Reference twin: src/reference/executor.ts

const RUN = 1u;
alias Run = u32;

fn runOf(words: vec4u, i: u32) -> Run {
  return words[i];
}
