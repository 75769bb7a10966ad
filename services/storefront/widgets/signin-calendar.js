/** The month of a check-in as a table: a row a week, a word for every mark. */

import { dayIn, firstWeekdayOf, monthOf, weekdayNames, weeksOf, writeDay, writeMonth } from "./days.js";
import { h } from "./dom.js";
import { earlier, later, tick } from "./icons.js";

/** `look(±1)` turns the page, `makeUp(day)` is called for a missed day that a card can restore. */
export function calendar({ data, open, month, language, t, look, makeUp }) {
  const firstWeekday = firstWeekdayOf(language);
  const known = data.state.month?.month === month;
  const facts = {
    ...data.state,
    today: data.today,
    attended: new Set(known ? data.state.month.days : []),
    canMakeUp: open && data.state.cards > 0,
  };
  const cell = (number) =>
    number === null ? h("td", {}) : dayCell(dayIn(month, number), number, facts, { language, t, makeUp });
  return h(
    "div",
    { key: "calendar", class: known ? "calendar" : "calendar turning", part: "calendar" },
    monthBar(data, month, { language, t, look }),
    h(
      "table",
      { "aria-busy": known ? "false" : "true" },
      h("caption", { class: "unseen" }, t("calendar.caption", { month: writeMonth(month, language) })),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          weekdayNames(language, firstWeekday).map(({ short, long }) => h("th", { scope: "col", abbr: long }, short)),
        ),
      ),
      h(
        "tbody",
        {},
        weeksOf(month, firstWeekday).map((week) => h("tr", {}, week.map(cell))),
      ),
    ),
    hint(facts, open, t),
  );
}

function monthBar({ today, opens_at: opensAt }, month, { language, t, look }) {
  const turn = (count, words, drawing, stop) =>
    h(
      "button",
      {
        type: "button",
        class: "turn",
        part: "button turn",
        "aria-label": words,
        "aria-disabled": stop ? "true" : "false",
        onclick: () => stop || look(count),
      },
      drawing(),
    );
  return h(
    "div",
    { class: "months" },
    turn(-1, t("calendar.earlier"), earlier, Boolean(opensAt) && monthOf(opensAt) >= month),
    h("span", { class: "month", "aria-live": "polite" }, writeMonth(month, language)),
    turn(1, t("calendar.later"), later, month >= monthOf(today)),
  );
}

function dayCell(day, number, facts, { language, t, makeUp }) {
  const attended = facts.attended.has(number);
  const missed = !attended && facts.make_up_days.includes(day);
  const marks = [
    attended && "attended",
    missed && facts.canMakeUp && "missed",
    day === facts.today && "today",
    day > facts.today && "ahead",
  ];
  const look = { class: ["day", ...marks].filter(Boolean).join(" "), part: "day" };
  const words = [attended && t("calendar.attended"), day === facts.today && t("calendar.today")]
    .filter(Boolean)
    .join(", ");
  if (missed && facts.canMakeUp) {
    const label = t("make_up.offer", { day: writeDay(day, language) });
    return h(
      "td",
      {},
      h(
        "button",
        { key: day, type: "button", ...look, "aria-label": label, onclick: () => makeUp(day) },
        String(number),
      ),
    );
  }
  return h(
    "td",
    { "aria-current": day === facts.today ? "date" : null },
    h(
      "span",
      look,
      attended && tick(),
      h("span", { class: "figure" }, String(number)),
      words && h("span", { class: "unseen" }, words),
    ),
  );
}

function hint({ make_up_days: days, canMakeUp }, open, t) {
  if (!open || days.length === 0) return null;
  return h("p", { class: "soft hint" }, canMakeUp ? t("calendar.can_make_up") : t("calendar.no_card"));
}
