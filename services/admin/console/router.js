/** Which page the address names: "#/activities/daily-check-in" and so on. */

import { el, present, show } from "./dom.js";
import { confirmed } from "./dialog.js";
import { t } from "./texts.js";

let routes = [];
let frame = null;
let after = () => {};
let current = { path: null, page: null };
let returning = false;

/**
 * Show the page of the address in `into`, now and whenever it changes. A route is [pattern, page]: `page(...parts)`
 * gives {title, node} and, where something is being typed, isDirty() and keep(): what the next drawing of the same
 * page gets as `kept`. `shown` hears of every page.
 */
export function route(table, into, shown) {
  routes = table;
  frame = into;
  after = shown;
  current = { path: null, page: null };
  window.addEventListener("hashchange", follow);
  window.addEventListener("beforeunload", (event) => current.page?.isDirty?.() && event.preventDefault());
}

/** Go to a page. */
export function go(path) {
  if (`#${path}` === location.hash) draw();
  else location.hash = path;
}

/** Draw the present page anew, with what was typed. */
export function redraw() {
  draw(current.page?.keep?.());
}

/** Stop asking before leaving: what was typed is saved or given up. */
export function settled() {
  if (current.page) current.page.isDirty = () => false;
}

/** No page is shown any more. */
export function leave() {
  current = { path: null, page: null };
}

/** Draw the page of the address. */
export function draw(kept = undefined) {
  const path = location.hash.replace(/^#/, "") || "/";
  const parts = path.split("/").filter(Boolean).map(decoded);
  const [page, args] = matching(parts);
  const made = page(...args, kept);
  const moved = path !== current.path;
  current = { path, page: made };
  show(frame, present([made.node]));
  after(made, parts[0] ?? "", moved);
}

async function follow() {
  if (frame === null || !frame.isConnected) return;
  if (returning) return void (returning = false);
  if (current.page?.isDirty?.()) {
    const wanted = location.hash;
    returning = true;
    location.hash = current.path;
    const leaveIt = await confirmed({
      title: t("leave.title"),
      body: el("p", {}, t("leave.text")),
      yes: t("leave.yes"),
      no: t("leave.no"),
      dangerous: true,
      act: () => true,
    });
    if (!leaveIt) return;
    settled();
    location.hash = wanted;
    return;
  }
  draw();
}

function matching(parts) {
  for (const [pattern, page] of routes) {
    const steps = pattern.split("/").filter(Boolean);
    if (steps.length !== parts.length) continue;
    if (steps.every((step, place) => step === "*" || step === parts[place]))
      return [page, parts.filter((_, place) => steps[place] === "*")];
  }
  return [routes.at(-1)[1], []];
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
