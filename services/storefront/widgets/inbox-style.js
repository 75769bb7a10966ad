/** The look of the inbox. */

import { sheet } from "./style.js";

export const INBOX = sheet(`
.badge { display: inline-block; padding: 0.15em 0.7em; border-radius: 999px; background: var(--_alert);
  color: var(--_surface); font-size: 0.82em; font-weight: 600; }
.list { margin: 0; padding: 0; list-style: none; }
.item { border-top: 1px solid var(--_line); }
.item:first-child { border-top: 0; }
.summary { font: inherit; color: inherit; width: 100%; min-height: 3.25em; padding: 0.6em 0; border: 0;
  background: transparent; cursor: pointer; text-align: start;
  display: grid; grid-template-columns: auto 1fr auto; align-items: center; gap: 0 0.7em; }
.dot { grid-row: 1 / 3; width: 0.55em; height: 0.55em; border-radius: 999px; background: transparent;
  position: relative; }
.unread .dot { background: var(--_alert); }
.subject { overflow-wrap: anywhere; }
.unread .subject { font-weight: 650; }
time { grid-column: 2; grid-row: 2; font-variant-numeric: tabular-nums; }
.summary .open { grid-column: 3; grid-row: 1 / 3; color: var(--_soft); transition: transform 150ms; }
.summary[aria-expanded="true"] .open { transform: rotate(180deg); }
.body { padding: 0 0 1em 1.25em; white-space: pre-line; overflow-wrap: anywhere; }
`);
