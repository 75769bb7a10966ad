/** Pieces of the check-in that only show: streak, next milestone, question, rules. */

import { dayOf, writeDay } from "./days.js";
import { h } from "./dom.js";

/** Whether one can take part: {name: "scheduled", "live", "paused" or "ended"; day: when it opens or closed}. */
export function phaseOf({ status, opens_at: opensAt, closes_at: closesAt, timezone, today }) {
  const opens = opensAt ? dayOf(opensAt, timezone) : null;
  const closes = closesAt ? dayOf(closesAt, timezone) : null;
  if (status === "ended" || (closes !== null && closes < today)) return { name: "ended", day: closes };
  if (status === "paused") return { name: "paused", day: null };
  if (status !== "live" || (opens !== null && opens > today)) return { name: "scheduled", day: opens };
  return { name: "live", day: null };
}

/** Days in a row, the longest row, all days. */
export function streakFacts({ streak, longest_streak: longest, total_days: total }, t, language) {
  const write = (value) => new Intl.NumberFormat(language).format(value);
  const fact = (name, value, words) =>
    h("div", { class: `fact ${name}`, part: `fact ${name}` }, h("dt", {}, words), h("dd", {}, write(value)));
  return h(
    "dl",
    { key: "facts", class: "facts" },
    fact("streak", streak, t("signin.streak", { count: streak })),
    fact("longest", longest, t("signin.longest")),
    fact("total", total, t("signin.total")),
  );
}

/** How far the next milestone is, or nothing when there is none. */
export function milestone(next, t) {
  if (!next) return null;
  const { days, remaining_days: left } = next;
  const title = t("milestone.title", { days });
  return h(
    "div",
    { key: "milestone", class: "milestone", part: "milestone" },
    h("p", { class: "split" }, h("span", {}, title), h("span", { class: "worth" }, prizeOf(next, t))),
    h("progress", { max: days, value: days - left, "aria-label": title }),
    h("p", { class: "soft" }, t("milestone.left", { count: left })),
  );
}

/** The question before a card is spent. Always there, so that it can close; `day` is null while nothing is asked. */
export function makeUpDialog(day, cards, { t, language, no, yes }) {
  const button = (look, onclick, words) => h("button", { type: "button", class: look, part: "button", onclick }, words);
  return h(
    "dialog",
    { key: "dialog", part: "dialog", "aria-labelledby": "question", onclose: no },
    h("p", { id: "question", class: "title" }, day && t("make_up.question", { day: writeDay(day, language) })),
    h("p", { class: "soft" }, t("make_up.cost", { count: cards })),
    h("div", { class: "choice" }, button("button plain", no, t("make_up.no")), button("button", yes, t("make_up.yes"))),
  );
}

/** The rules, for someone who is not logged in. */
export function definition({ reward, milestones, make_up: makeUp }, t) {
  const { first, step, cap } = reward;
  const rules = [
    step > 0 ? t("rules.first", { points: first }) : t("rules.same", { points: first }),
    step > 0 && (cap ? t("rules.grows_to", { step, cap }) : t("rules.grows", { step })),
    ...milestones.map((stone) => t("rules.milestone", { days: stone.days, prize: prizeOf(stone, t) })),
    makeUp && t("rules.make_up", { count: makeUp.within_days }),
  ];
  return h(
    "ul",
    { key: "rules", class: "rules", part: "rules" },
    rules.filter(Boolean).map((rule) => h("li", {}, rule)),
  );
}

function prizeOf({ points, make_up_cards: cards }, t) {
  const prizes = [points > 0 && t("prize.points", { count: points }), cards > 0 && t("prize.cards", { count: cards })];
  return prizes.filter(Boolean).join(" · ");
}
