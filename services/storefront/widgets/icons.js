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
export const gift = icon(
  "gift",
  "M5 11h14v8.5c0 .3-.2.5-.5.5h-13c-.3 0-.5-.2-.5-.5z",
  "M4 7.5h16V11H4z",
  "M12 7.5V20",
  "M12 7.5C9 7.5 7.5 6.5 7.5 5s2.5-2 3.5-.3c.6.9 1 1.8 1 2.8z",
  "M12 7.5c3 0 4.5-1 4.5-2.5s-2.5-2-3.5-.3c-.6.9-1 1.8-1 2.8z",
);
export const open = icon("open", "M6 9.5l6 6 6-6");

/** One for each kind of reward, and one for kinds that this script does not know yet. */
export const rewardIcons = {
  coupon: icon(
    "coupon",
    "M4 8.5V7c0-.6.4-1 1-1h14c.6 0 1 .4 1 1v1.5a3.5 3.5 0 0 0 0 7",
    "M4 8.5a3.5 3.5 0 0 1 0 7V17c0 .6.4 1 1 1h14c.6 0 1-.4 1-1v-1.5",
    "M10 9.5v5",
    "M14 9.5v5",
  ),
  red_packet: icon(
    "red_packet",
    "M6.5 4h11c.6 0 1 .4 1 1v14c0 .6-.4 1-1 1h-11c-.6 0-1-.4-1-1V5c0-.6.4-1 1-1z",
    "M5.5 7.5c4 3.4 9 3.4 13 0",
    "M12 10v4",
  ),
  data_top_up: icon(
    "data_top_up",
    "M8 3.5h8c.8 0 1.5.7 1.5 1.5v14c0 .8-.7 1.5-1.5 1.5H8c-.8 0-1.5-.7-1.5-1.5V5c0-.8.7-1.5 1.5-1.5z",
    "M12 15V8",
    "M9.5 10.5 12 8l2.5 2.5",
  ),
  product: icon(
    "product",
    "M4.5 8 12 4l7.5 4v8L12 20l-7.5-4z",
    "M4.5 8 12 12l7.5-4",
    "M12 12v8",
  ),
  perk: icon(
    "perk",
    "M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9z",
  ),
};
