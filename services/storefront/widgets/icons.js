/** Small drawings in the text's colour, hidden from screen readers: the words beside them say it. */

import { h } from "./dom.js";

function icon(name, ...paths) {
  const lines = paths.map((d) =>
    h("path", {
      d,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": "1.8",
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );
  return () =>
    h(
      "svg",
      { key: name, class: `icon ${name}`, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
      lines,
    );
}

export const tick = icon("tick", "M5 12.5l4.6 4.7L19.5 7");
export const leaf = icon("leaf", "M5 19C4 10 9 4.5 20 4c.4 10-4.6 15.5-13 14", "M4 21c2-5 5.5-8.5 10-11");
export const earlier = icon("earlier", "M14.5 5.5 8 12l6.5 6.5");
export const later = icon("later", "M9.5 5.5 16 12l-6.5 6.5");
export const card = icon(
  "card",
  "M4 7.5C4 6.7 4.7 6 5.5 6h13c.8 0 1.5.7 1.5 1.5v9c0 .8-.7 1.5-1.5 1.5h-13c-.8 0-1.5-.7-1.5-1.5z",
  "M8 12h5",
  "M11 9.5 13.5 12 11 14.5",
);
export const letter = icon(
  "letter",
  "M4 7.5C4 6.7 4.7 6 5.5 6h13c.8 0 1.5.7 1.5 1.5v9c0 .8-.7 1.5-1.5 1.5h-13c-.8 0-1.5-.7-1.5-1.5z",
  "M4.5 7.5 12 13l7.5-5.5",
);
export const open = icon("open", "M6 9.5l6 6 6-6");
