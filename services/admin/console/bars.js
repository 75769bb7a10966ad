/** Bars in a table: the table says it to everybody, the bars show it to the eye. */

import { el, icon } from "./dom.js";
import { percent } from "./format.js";

/** A table of [name, count, written]. A bar is measured by the largest, or by `whole`, which also tells the share. */
export function barTable({ caption, heads, rows, whole = null }) {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const row = ([name, count, written]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      el("td", { class: "portion" }, bar(count / (whole ?? most))),
      el("td", { class: "count" }, written, whole !== null && portion(count / whole)),
    );
  return el(
    "table",
    { class: "bars" },
    el("caption", { class: "unseen" }, caption),
    el("thead", { class: "unseen" }, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map(row)),
  );
}

function portion(share) {
  return el("small", { class: "soft" }, ` ${percent(share)}`);
}

/** A share from 0 to 1 as a bar; `mark` is where a line is drawn across it. */
export function bar(share, mark = null) {
  const drawing = icon();
  set(drawing, { class: "ratebar", viewBox: "0 0 100 6", preserveAspectRatio: "none" });
  const parts = [
    ["ground", 0, 100],
    ["part", 0, 100 * Math.min(1, Math.max(0, share))],
    mark !== null && ["mark", 100 * mark - 0.25, 0.5],
  ];
  for (const [part, x, width] of parts.filter(Boolean)) {
    const rect = document.createElementNS(drawing.namespaceURI, "rect");
    set(rect, { class: part, x, y: 0, width, height: 6 });
    drawing.append(rect);
  }
  return drawing;
}

function set(node, props) {
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
}
