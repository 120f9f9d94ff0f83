/** The colours of a page in light and in dark, and the look of its text. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; }
:root { --text: #1b1f24; --dim: #59636e; --back: #fff; --line: #d1d9e0; --bar: #2f6f9f; --mark: #c2410c; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --dim: #9aa4af; --back: #14181d; --line: #343b44; }
  :root { --bar: #6cb0e0; --mark: #fb923c; }
}
body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin-top: 2.5rem; overflow-wrap: anywhere; }
p { color: var(--dim); }
summary { cursor: pointer; }
`;
