/**
 * The widgets' look, as constructed style sheets: a page's `style-src`, even 'none', does not concern them.
 *
 * Shops set `--regulars-*`; the `--_*` names are ours. All sizes are in em of a font size that the page's own
 * `html { font-size }` tricks do not reach.
 */

/** A style sheet of `css`, for adoptedStyleSheets. */
export function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

const LIGHT = `
  --_accent: var(--regulars-accent, #2f6b45); --_on-accent: var(--regulars-on-accent, #ffffff);
  --_tint: var(--regulars-tint, #e6f0e4); --_reward: var(--regulars-reward, #9a4a12);
    --_reward-tint: var(--regulars-reward-tint, #fbeedd);
  --_surface: var(--regulars-surface, #ffffff); --_sunk: var(--regulars-sunk, #f5f4ef);
  --_ink: var(--regulars-ink, #23281f); --_soft: var(--regulars-soft, #5d6456); --_line: var(--regulars-line, #deded2);
  --_alert: var(--regulars-alert, #a3271d); --_alert-tint: var(--regulars-alert-tint, #fbeae7);
    --_focus: var(--regulars-focus, #1d5fc4);`;

// Read only where light-dark() exists; older in-app browsers keep the light colours.
const BOTH = `
  --_accent: var(--regulars-accent, light-dark(#2f6b45, #8fca9b));
    --_on-accent: var(--regulars-on-accent, light-dark(#ffffff, #10210f));
  --_tint: var(--regulars-tint, light-dark(#e6f0e4, #24382a));
    --_reward: var(--regulars-reward, light-dark(#9a4a12, #f0b375));
  --_reward-tint: var(--regulars-reward-tint, light-dark(#fbeedd, #3b2a19));
  --_surface: var(--regulars-surface, light-dark(#ffffff, #1d211c));
    --_sunk: var(--regulars-sunk, light-dark(#f5f4ef, #272c26));
  --_ink: var(--regulars-ink, light-dark(#23281f, #eceee6));
    --_soft: var(--regulars-soft, light-dark(#5d6456, #b0b7a8));
  --_line: var(--regulars-line, light-dark(#deded2, #3c423a));
  --_alert: var(--regulars-alert, light-dark(#a3271d, #ffb0a6));
    --_alert-tint: var(--regulars-alert-tint, light-dark(#fbeae7, #43211d));
  --_focus: var(--regulars-focus, light-dark(#1d5fc4, #9cc2ff));`;

export const BASE = sheet(`
:host { display: block !important; }
:host([hidden]) { display: none !important; }
.root { all: initial; ${LIGHT}
  display: block; box-sizing: border-box; color-scheme: var(--regulars-color-scheme, inherit);
  font-family: var(--regulars-font, system-ui, -apple-system, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif);
  font-size: var(--regulars-font-size, medium); line-height: 1.5; color: var(--_ink); -webkit-text-size-adjust: 100%; }
@supports (color: light-dark(#000, #fff)) { .root { ${BOTH} } }
*, *::before, *::after { box-sizing: border-box; }
.card { background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--regulars-radius, 18px);
  padding: var(--regulars-padding, 1.25em); }
.head { display: flex; align-items: center; justify-content: space-between; gap: 0.75em; }
.title { margin: 0; font: inherit; font-family: var(--regulars-title-font, inherit); font-size: 1.15em;
  font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; }
p { margin: 0; }
.soft { color: var(--_soft); font-size: 0.9em; }
.button { font: inherit; font-weight: 600; line-height: 1.25; min-height: 2.75em; padding: 0.55em 1.2em;
  border: 1px solid transparent; border-radius: 999px; cursor: pointer;
  color: var(--_on-accent); background: var(--_accent); text-decoration: none; display: inline-flex;
    align-items: center; justify-content: center; gap: 0.5em; text-align: center;
  transition: transform 120ms ease, filter 120ms ease; touch-action: manipulation;
    -webkit-tap-highlight-color: transparent; }
.button:hover { filter: brightness(1.07); }
.button:active { transform: scale(0.985); }
.button.plain { color: var(--_accent); background: transparent; border-color: currentColor; }
.button.small { min-height: 2.75em; padding: 0.3em 1em; font-size: 0.9em; }
.button[aria-disabled="true"] { cursor: default; filter: none; transform: none; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--_focus); outline-offset: 2px; }
.notice { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5em 0.9em; padding: 0.75em 0.9em;
  border-radius: 12px; background: var(--_sunk); font-size: 0.95em; }
.notice > p { flex: 1 1 12em; }
.notice.alert { color: var(--_alert); background: var(--_alert-tint); }
.notice.alert .button.plain { color: inherit; }
.stack { display: flex; flex-direction: column; gap: 1em; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.bone { display: block; border-radius: 8px; background: var(--_sunk);
  animation: breathe 1.4s ease-in-out infinite alternate; }
.bone.line { height: 1em; width: 45%; } .bone.wide { height: 3em; width: 100%; border-radius: 999px; } .bone.block {
  height: 12em; width: 100%; border-radius: 12px; }
.bone.short { height: 2.4em; width: 30%; }
.fold { font: inherit; font-weight: 600; color: inherit; display: flex; justify-content: space-between;
  align-items: center; gap: 1em; width: 100%; min-height: 2.75em; padding: 0; border: 0; background: transparent;
  cursor: pointer; text-align: start; }
.fold .icon { color: var(--_soft); transition: transform 150ms; }
.fold[aria-expanded="true"] .icon { transform: rotate(180deg); }
progress { appearance: none; -webkit-appearance: none; width: 100%; height: 0.5em; border: 0; border-radius: 999px;
  background: var(--_sunk); overflow: hidden; display: block; }
progress::-webkit-progress-bar { background: var(--_sunk); }
progress::-webkit-progress-value { background: var(--_reward); border-radius: 999px; }
progress::-moz-progress-bar { background: var(--_reward); border-radius: 999px; }
.empty { display: grid; justify-items: center; gap: 0.35em; padding: 1em 0; text-align: center; }
.empty .icon { width: 2.4em; height: 2.4em; color: var(--_soft); }
svg.icon { width: 1.25em; height: 1.25em; flex: none; display: block; }
@keyframes breathe { from { opacity: 1; } to { opacity: 0.45; } }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation-duration: 1ms !important;
  animation-iteration-count: 1 !important; transition: none !important; } }
@media (forced-colors: active) { .button, .notice, .card { border: 1px solid; } }
`);
