/** The look of the check-in. */

import { sheet } from "./style.js";

export const SIGNIN = sheet(`
.pill { flex: none; padding: 0.2em 0.75em; border-radius: 999px; background: var(--_sunk); color: var(--_soft);
  font-size: 0.82em; }
.facts { display: flex; align-items: flex-end; gap: 1.5em; margin: 0; }
.fact { display: flex; flex-direction: column-reverse; }
.fact dt { color: var(--_soft); font-size: 0.82em; }
.fact dd { margin: 0; font-weight: 600; font-size: 1.1em; font-variant-numeric: tabular-nums; line-height: 1.35; }
.fact.streak { margin-inline-end: auto; }
.fact.streak dd { font-family: var(--regulars-title-font, inherit); font-size: 2.9em; font-weight: 650;
  line-height: 1; color: var(--_accent); letter-spacing: -0.02em; }
.action { position: relative; }
.button.big { width: 100%; min-height: 3.4em; font-size: 1.08em; }
.button.big.done { color: var(--_accent); background: var(--_tint); }
.button .worth { padding: 0.05em 0.6em; border-radius: 999px; background: var(--_on-accent); color: var(--_accent);
  font-size: 0.9em; font-variant-numeric: tabular-nums; }
.button .tick path { stroke-dasharray: 24; animation: draw 420ms ease-out both; }
.earned { position: absolute; inset-inline-end: 1.25em; top: 50%; color: var(--_reward); font-weight: 700;
  font-size: 1.35em; pointer-events: none; animation: rise 1.6s cubic-bezier(0.2, 0.7, 0.2, 1) both; }
.status { min-height: 1.5em; text-align: center; color: var(--_soft); font-size: 0.95em; }
.status:empty { min-height: 0; margin-top: -1em; } /* not display: none, or nobody hears it change */
.milestone { display: grid; gap: 0.45em; padding: 0.85em 1em; border-radius: 12px; background: var(--_reward-tint); }
.milestone .soft { color: var(--_ink); opacity: 0.85; }
.split { display: flex; justify-content: space-between; gap: 1em; flex-wrap: wrap; font-weight: 600;
  font-size: 0.95em; }
.split .worth { color: var(--_reward); }
progress { appearance: none; -webkit-appearance: none; width: 100%; height: 0.55em; border: 0; border-radius: 999px;
  background: var(--_surface); overflow: hidden; display: block; }
progress::-webkit-progress-bar { background: var(--_surface); }
progress::-webkit-progress-value { background: var(--_reward); border-radius: 999px;
  transition: inline-size 500ms ease; }
progress::-moz-progress-bar { background: var(--_reward); border-radius: 999px; }
.rules { margin: 0; padding: 0; list-style: none; display: grid; gap: 0.5em; }
.rules li { padding: 0.6em 0.9em; border-radius: 12px; background: var(--_sunk); font-size: 0.95em; }
.months { display: flex; align-items: center; justify-content: space-between; }
.month { font-weight: 600; }
.turn { font: inherit; width: 2.75em; height: 2.75em; display: grid; place-items: center; border: 0;
  border-radius: 999px; background: transparent; color: var(--_ink); cursor: pointer; }
.turn:hover { background: var(--_sunk); }
.turn[aria-disabled="true"] { color: var(--_line); cursor: default; background: transparent; }
.turn:first-child { margin-inline-start: -0.6em; } .turn:last-child { margin-inline-end: -0.6em; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; transition: opacity 150ms; }
.turning table { opacity: 0.5; }
th { font-weight: 400; font-size: 0.8em; color: var(--_soft); padding: 0.3em 0; }
td { padding: 2px 0; text-align: center; }
.day { position: relative; display: inline-grid; place-items: center; width: 2.5em; max-width: 100%; aspect-ratio: 1;
  border: 0; border-radius: 999px; padding: 0; font: inherit; font-variant-numeric: tabular-nums; color: var(--_ink);
  background: transparent; }
.day .icon { position: absolute; inset-inline-end: -0.1em; bottom: -0.1em; width: 0.95em; height: 0.95em;
  padding: 0.1em; border-radius: 999px; background: var(--_accent); color: var(--_on-accent); }
.day .icon path { stroke-width: 3.4; }
.day.ahead { color: var(--_soft); }
.day.attended { background: var(--_tint); color: var(--_accent); font-weight: 650; }
.day.today { box-shadow: inset 0 0 0 2px var(--_accent); font-weight: 650; }
button.day.missed { border: 1.5px dashed var(--_reward); color: var(--_reward); background: transparent;
  cursor: pointer; font-weight: 600; }
button.day.missed:hover { background: var(--_reward-tint); }
.hint { text-align: center; margin-top: 0.5em; }
dialog { width: min(22em, calc(100vw - 2em)); padding: 1.5em; border: 0; border-radius: 18px; color: var(--_ink);
  background: var(--_surface); box-shadow: 0 20px 60px rgb(0 0 0 / 0.3); }
dialog[open] { display: grid; gap: 0.75em; animation: appear 180ms ease-out; }
dialog::backdrop { background: rgb(20 24 18 / 0.45); }
.choice { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75em; margin-top: 0.5em; }
.choice .button { padding-inline: 0.6em; }
@keyframes rise { 0% { opacity: 0; transform: translateY(0) scale(0.8); } 20% { opacity: 1; } 70% { opacity: 1; }
  100% { opacity: 0; transform: translateY(-2.6em) scale(1.1); } }
@keyframes draw { from { stroke-dashoffset: 24; } to { stroke-dashoffset: 0; } }
@keyframes appear { from { opacity: 0; transform: translateY(0.5em); } }
@media (prefers-reduced-motion: reduce) { .earned { display: none; } }
`);
