/** Pieces of the account that only show: what waits and why, the tier, what expires when, a line of the statement. */

import { WHOLE_DATE } from "./balance.js";
import { writeDay } from "./days.js";
import { h } from "./dom.js";

const NEXT_DATES = 3;

/** What is not to be spent, and why. */
export function waiting({ pending, held, debt }, { t }) {
  const rows = [
    ["pending", pending, t("balance.pending", { count: pending }), t("account.pending_why")],
    ["held", held, t("balance.held", { count: held }), t("account.held_why")],
    ["debt alert", debt, t("balance.debt", { count: debt }), t("account.debt_why")],
  ].filter(([, count]) => count > 0);
  const row = ([name, , what, why]) =>
    h("li", { key: name, class: name }, h("b", {}, what), h("span", { class: "soft" }, why));
  return rows.length > 0 && h("ul", { key: "waiting", class: "waiting", part: "details" }, rows.map(row));
}

/** The member level and how far the next one is. */
export function tier(held, { t, language, number }) {
  if (!held) return null;
  const { name, since, next } = held;
  return h(
    "section",
    { key: "tier", class: "part", part: "tier" },
    h("p", { class: "split" }, h("b", {}, name), since && h("span", { class: "soft" }, sinceWhen(since, t, language))),
    next && ahead(next, t, number),
  );
}

function sinceWhen(since, t, language) {
  return t("account.tier_since", { when: writeDay(since.slice(0, 10), language, WHOLE_DATE) });
}

function ahead({ name, missing, needed }, t, number) {
  const words = t("account.tier_next", { count: missing, tier: name });
  const done = { max: needed, value: needed - missing };
  return [
    needed > 0 && h("progress", { ...done, "aria-label": `${name}: ${number(done.value)} / ${number(needed)}` }),
    h("p", { class: "soft" }, words),
  ];
}

/** What is to be spent by when: the next dates, and the others on request. */
export function expiries(dates, { t, language }, all, showAll) {
  const title = h("p", { class: "small-title" }, t("account.expiring"));
  const part = (...kids) => h("section", { key: "expiries", class: "part", part: "expiring" }, title, ...kids);
  if (dates.length === 0) return null;
  const shown = all ? dates : dates.slice(0, NEXT_DATES);
  const row = ({ at, points }) =>
    h(
      "li",
      { key: at },
      h("time", { datetime: at }, writeDay(at, language, WHOLE_DATE)),
      h("b", {}, t("prize.points", { count: points })),
    );
  const hidden = dates.length - shown.length;
  const more = { key: "dates", type: "button", class: "link", part: "button more", onclick: showAll };
  return part(
    h("ul", { class: "dates" }, shown.map(row)),
    hidden > 0 && h("button", more, t("account.more_dates", { count: hidden })),
  );
}

/** One line of the statement, with its reason. */
export function line({ id, kind, points, balance_after: balance, reason, at, pending }, { t, number, moment }) {
  const sign = points > 0 ? "+" : points < 0 ? "−" : "";
  const amount = `${sign}${number(Math.abs(points))}`;
  return h(
    "li",
    { key: id, class: `entry ${kind}`, part: "item" },
    h("span", { class: "reason" }, reason),
    h("b", { class: points < 0 ? "points spent" : "points" }, amount),
    h("time", { class: "soft", datetime: at }, moment(at), pending && ` · ${t("account.line_pending")}`),
    h("span", { class: "soft after" }, t("account.balance_after", { balance })),
  );
}
