/** The look of the rewards. */

import { sheet } from "./style.js";

export const REWARDS = sheet(`
.head .icon { color: var(--_reward); width: 1.6em; height: 1.6em; }
.list { margin: 0; padding: 0; list-style: none; }
.reward { display: grid; grid-template-columns: auto 1fr auto; align-items: center; gap: 0.5em 0.9em;
  padding: 0.9em 0; }
.list > li + li { border-top: 1px solid var(--_line); }
.list > li:first-child { padding-top: 0; }
.tile { display: grid; place-items: center; width: 3em; height: 3em; border-radius: 14px; align-self: start;
  background: var(--_reward-tint); color: var(--_reward); }
.tile .icon { width: 1.7em; height: 1.7em; }
.closed .tile { background: var(--_sunk); color: var(--_soft); }
.what { grid-column: 2 / -1; display: grid; gap: 0.1em; min-width: 0; }
.name { font-weight: 600; overflow-wrap: anywhere; }
.facts { font-size: 0.82em; }
.price { grid-column: 2; font-weight: 650; color: var(--_reward); font-variant-numeric: tabular-nums; }
.closed .price { color: var(--_ink); }
.way { grid-column: 3; justify-self: end; }
.closed .way { grid-column: 2 / -1; justify-self: stretch; display: grid; gap: 0.4em; }
.reason { font-size: 0.9em; color: var(--_soft); }
.closed .way .reason { font-weight: 600; }
.mine { display: grid; gap: 0.6em; border-top: 1px solid var(--_line); padding-top: 0.4em; }
.redemption { display: grid; gap: 0.45em; justify-items: start; padding: 0.9em 0; }
.split { width: 100%; display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline;
  gap: 0.2em 1em; }
.split b { font-weight: 600; overflow-wrap: anywhere; }
.state { padding: 0.15em 0.7em; border-radius: 999px; background: var(--_sunk); color: var(--_soft); font-size: 0.82em;
  font-weight: 600; }
.state.fulfilled { background: var(--_tint); color: var(--_accent); }
.state.reserved, .state.pending { background: var(--_reward-tint); color: var(--_reward); }
.state.failed { background: var(--_alert-tint); color: var(--_alert); }
.pay { font-weight: 600; color: var(--_reward); font-size: 0.95em; }
.code { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5em 0.7em; width: 100%; }
.code code { flex: 1 1 15em; padding: 0.55em 0.8em; border: 1.5px dashed var(--_reward); border-radius: 12px;
  background: var(--_reward-tint); color: var(--_ink); font: 600 1.05em/1.4 ui-monospace, "SF Mono", "Cascadia Mono",
  "Liberation Mono", monospace; letter-spacing: 0.04em; text-align: center; overflow-wrap: anywhere; user-select: all; }
.code [role="status"]:empty { display: none; }
dialog { width: min(24em, calc(100vw - 2em)); max-height: calc(100vh - 2em); padding: 1.5em; border: 0; overflow: auto;
  border-radius: 18px; color: var(--_ink); background: var(--_surface); box-shadow: 0 20px 60px rgb(0 0 0 / 0.3); }
dialog[open] { animation: appear 180ms ease-out; }
dialog::backdrop { background: rgb(20 24 18 / 0.45); }
.done .title { display: flex; align-items: center; gap: 0.5em; } .done .title .icon { color: var(--_accent); }
.cost { display: grid; margin: 0; }
.cost div { display: flex; justify-content: space-between; gap: 1em; padding: 0.45em 0; }
.cost div + div { border-top: 1px solid var(--_line); }
.cost dt { color: var(--_soft); } .cost dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.field { display: grid; gap: 0.25em; font-weight: 600; font-size: 0.95em; }
.field .soft { font-weight: 400; } .field .fault { color: var(--_alert); font-size: 0.9em; }
.field input { font: inherit; font-weight: 400; font-size: 1.1em; width: 100%; min-height: 2.6em; padding: 0.4em 0.7em;
  border: 1.5px solid var(--_soft); border-radius: 12px; background: var(--_surface); color: var(--_ink); }
.field input[aria-invalid="true"] { border-color: var(--_alert); }
.choice { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75em; }
.choice .button { padding-inline: 0.6em; }
.choice .button:only-child { grid-column: 1 / -1; }
@keyframes appear { from { opacity: 0; transform: translateY(0.5em); } }
`);
