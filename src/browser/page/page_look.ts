import { PAGE_STYLE } from "../../report/page_style.ts";
import { PANEL_STYLE } from "../../report/panels/panel_style.ts";

/** The look of what the page has beside panels: its choices at the left, or on a narrow one above. */
const LOOK = `
:root { --soft: #f6f8fa; --edge: #8c959f; --good: #1a7f37; --bad: #b3261e; --ink: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --soft: #1c2128; --edge: #6e7781; --good: #57ab5a; --bad: #ff8f87; --ink: #0d1117; }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; padding: 0; max-width: none; }
h1, h2, p, dl, dd, ol, fieldset { margin: 0; padding: 0; border: 0; }
h1 { font-size: 1.375rem; letter-spacing: -.01em; }
h2 { font-size: 1rem; }
header p, .hint, small { color: var(--dim); font-size: .875rem; line-height: 1.4; }
:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; padding: .5rem 1rem; background: var(--back); z-index: 2; }
.skip:focus { left: .5rem; top: .5rem; }

.columns { background: linear-gradient(to right, var(--soft) calc(23rem - 1px), var(--line) 0 23rem,
  transparent 0); }
.columns { display: grid; grid-template-columns: 23rem minmax(0, 1fr); min-height: 100vh; }
#choices { display: flex; flex-direction: column; gap: 1.5rem; padding: 1.5rem;
  position: sticky; top: 0; height: 100vh; overflow-y: auto; }
#choices section { display: flex; flex-direction: column; gap: .625rem; }
#choices section:last-child { flex: 1 1 auto; min-height: 24rem; }
main { padding: 1.5rem 2rem 3rem; outline-offset: -3px; }
.busy #shown { opacity: .45; transition: opacity .15s .2s; }

button, textarea, input[type=search] { font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--edge); border-radius: .4rem; padding: .4rem .7rem; }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--bar); color: var(--bar); }
button:disabled { opacity: .35; cursor: default; }
textarea { width: 100%; resize: vertical; font: .875rem/1.4 ui-monospace, monospace; }
#save { background: var(--bar); border-color: var(--bar); color: var(--ink); font-weight: 600; }
#save:hover { color: var(--ink); filter: brightness(1.1); }
.field { display: block; font-weight: 600; }
.field span { display: block; font-weight: 400; color: var(--dim); font-size: .875rem; line-height: 1.4; }
.field textarea { margin-top: .375rem; }
.trouble { color: var(--bad); overflow-wrap: anywhere; font-size: .9375rem; }
.trouble::before { content: "⚠ "; }

.drop { display: flex; flex-direction: column; align-items: center; padding: 1rem; text-align: center;
  border: 2px dashed var(--edge); border-radius: .6rem; background: var(--back); cursor: pointer; }
.drop:hover, .dragging .drop { border-color: var(--bar); color: var(--bar); }
.drop:focus-within { outline: 3px solid var(--bar); outline-offset: 2px; }
.drop input { position: absolute; opacity: 0; width: 1px; height: 1px; }
.drop span { color: var(--dim); font-size: .875rem; }
.dragging main { box-shadow: inset 0 0 0 4px var(--bar); }

#pictures { list-style: none; display: flex; flex-direction: column; gap: .5rem; max-height: 34vh;
  overflow-y: auto; }
#pictures:empty { display: none; }
#pictures li { display: grid; grid-template-columns: 3rem minmax(0, 1fr) auto auto auto; 
  column-gap: .25rem; align-items: center; }
#pictures canvas { grid-row: span 2; align-self: start; margin-top: .25rem;
  width: 3rem; height: 3rem; border-radius: .3rem; background: var(--line); }
#pictures b, #pictures span { padding-left: .375rem; line-height: 1.35; }
#pictures b { font-weight: 600; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
#pictures span { grid-column: 2 / -1; font-size: .8125rem; color: var(--dim); }
#pictures .refused span { color: var(--bad); overflow-wrap: anywhere; }
#pictures button, #dropped button { padding: 0; width: 1.75rem; height: 1.75rem; line-height: 1;
  background: none; border-color: transparent; font-size: 1.1rem; }
#pictures button:hover:not(:disabled) { border-color: var(--bar); }

#models { flex: 1 1 14rem; min-height: 12rem; overflow-y: auto; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--back); }
legend { padding: .6rem .75rem .2rem; font-size: .75rem; font-weight: 650; letter-spacing: .04em;
  text-transform: uppercase; color: var(--dim); }
.model { display: flex; gap: .6rem; padding: .35rem .75rem; cursor: pointer; line-height: 1.3; }
.model:hover { background: var(--soft); }
.model:has(:checked) { background: color-mix(in srgb, var(--bar) 16%, transparent); }
.model:focus-within { outline: 3px solid var(--bar); outline-offset: -3px; }
.model input { accent-color: var(--bar); margin: .2rem 0 0; flex: none; outline: none; }
.model small { display: block; font-size: .8125rem; overflow-wrap: anywhere; }
#dropped { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; }
#dropped button { margin-right: .5rem; }
#unfound { padding: .75rem; }

#empty { min-height: 60vh; display: grid; place-content: center; text-align: center; gap: .25rem;
  max-width: 32rem; margin: auto; }
#empty b { font-size: 1.5rem; color: var(--text); }
#status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.busy #status { position: fixed; right: 1.5rem; top: 1rem; width: auto; height: auto; clip-path: none;
  padding: .4rem .9rem; border-radius: 2rem; background: var(--text); color: var(--back); z-index: 1;
  animation: appear 0s .25s both; }
@keyframes appear { from { visibility: hidden; } }
#summary h2 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
#summary h2 + p { margin-top: .25rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 1rem 0 1.25rem; }
.act { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; }
.facts div { display: flex; flex-direction: column-reverse; }
.facts dd { font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.facts dt { color: var(--dim); font-size: .875rem; }
.controls { margin: 1.25rem 0 0; font-size: .875rem; }
.controls label { cursor: pointer; white-space: nowrap; }
.controls input { accent-color: var(--bar); }
#panels { display: flex; flex-wrap: wrap; gap: 2rem 3rem; padding-top: 1.5rem; }
#panels section { max-width: 100%; }
#panels h2 { font-size: 1.15rem; overflow-wrap: anywhere; }
#panels section > p { margin-bottom: .75rem; }
.panels { overflow-x: auto; padding: 3px 3px .5rem; }

#rows-shown { margin-top: 2rem; }
#rows-shown ol { display: flex; flex-wrap: wrap; gap: .75rem; list-style: none; margin-top: .75rem; }
#rows-shown li { display: flex; flex-direction: column; align-items: center; font-size: .8125rem;
  color: var(--mark); font-weight: 600; }
#rows-shown canvas { display: block; outline: 1px solid var(--line); }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem;
  margin-top: 2rem; }
#prompt { grid-column: 1 / -1; }
.cards section { display: flex; flex-direction: column; gap: .5rem; padding: 1rem 1.25rem;
  background: var(--soft); border: 1px solid var(--line); border-radius: .6rem; min-width: 0; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; }
th { font-weight: 500; }
tbody th { min-width: 6rem; }
th small { display: block; font-weight: 400; }
td { white-space: nowrap; }
.wide, .wait, #outputs td { white-space: normal; }
.wait { color: var(--dim); }
thead th { color: var(--dim); font-size: .8125rem; }
tbody tr { border-top: 1px solid var(--line); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.prompt { max-height: 12rem; overflow-y: auto; line-height: 1.9; overflow-wrap: anywhere;
  color: var(--text); }
code { font: .8125rem ui-monospace, monospace; background: var(--back); border: 1px solid var(--line);
  border-radius: .3rem; padding: .1rem .3rem; margin-right: .25rem; }
code b { color: var(--mark); margin-left: .3rem; }

@media (max-width: 60rem) {
  .columns { display: block; background: none; }
  #choices { position: static; height: auto; border-bottom: 1px solid var(--line);
    padding: 1rem; background: var(--soft); }
  #choices section:last-child { min-height: 0; }
  #models { max-height: 15rem; }
  main { padding: 1rem 1rem 2rem; }
  #checks th small { display: none; }
  .facts { gap: .5rem 1.75rem; }
  .facts dd { font-size: 1.375rem; }
}
@media print { #choices, #save, #copy { display: none; } .columns { display: block; } }
`;

/** The whole look of the page. */
export const PAGE_LOOK: string = PAGE_STYLE + PANEL_STYLE + LOOK;
