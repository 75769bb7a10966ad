/** The look of the account. */

import { sheet } from "./style.js";

export const ACCOUNT = sheet(`
.card.account { padding: 0; overflow: hidden; background: var(--_surface); border-color: var(--_line); }
.top { padding: var(--regulars-padding, 1.25em); background: var(--_tint); }
.part { display: grid; gap: 0.5em; padding: 0.9em var(--regulars-padding, 1.25em); border-top: 1px solid var(--_line); }
.card > .notice { margin: 0.9em; }
.waiting { margin: 0.4em 0 0; padding: 0; list-style: none; display: grid; gap: 0.6em; }
.waiting li { display: grid; gap: 0.1em; font-size: 0.95em; }
.waiting b { font-weight: 600; } .waiting .alert b { color: var(--_alert); }
.small-title { margin: 0; font-size: 0.95em; font-weight: 600; }
.dates { margin: 0; padding: 0; list-style: none; display: grid; gap: 0.3em; font-size: 0.95em; }
.dates li { display: flex; justify-content: space-between; gap: 1em; }
.dates b, .points { font-weight: 600; font-variant-numeric: tabular-nums; }
.split { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0.2em 1em; }
.link { font: inherit; font-size: 0.95em; font-weight: 600; justify-self: start; min-height: 2.75em; padding: 0;
  border: 0; background: transparent; color: var(--_accent); cursor: pointer; text-decoration: underline;
  text-underline-offset: 0.2em; }
.fold { margin: -0.4em 0; }
.lines { margin: 0.4em 0 0; padding: 0; list-style: none; }
.entry { display: grid; grid-template-columns: 1fr auto; gap: 0.1em 1em; padding: 0.65em 0; }
.entry + .line { border-top: 1px solid var(--_line); }
.reason { overflow-wrap: anywhere; }
.points { color: var(--_accent); text-align: end; } .points.spent { color: var(--_ink); }
.points.waits { color: var(--_soft); font-weight: 400; }
.after { text-align: end; font-variant-numeric: tabular-nums; }
.part .button { justify-self: start; margin-top: 0.4em; }
`);
