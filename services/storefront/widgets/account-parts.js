/** Pieces of the account that only show: what waits and why, the tier, what expires when, a line of the statement. */

import { WHOLE_DATE } from "./balance.js";
import { writeDay } from "./days.js";
import { h } from "./dom.js";
import { writeMoney } from "./money.js";

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

/** The member level, until when it is safe, and how far the next one is. `currency` is that of money spent. */
export function tier(held, { t, language }, currency) {
  if (!held) return null;
  const until = held.until && t("account.tier_until", { when: writeDay(held.until, language, WHOLE_DATE) });
  return h(
    "section",
    { key: "tier", class: "part", part: "tier" },
    held.name
      ? h("p", { class: "split" }, h("b", {}, held.name), h("span", { class: "soft" }, until))
      : h("p", {}, h("b", {}, t("account.tier_none"))),
    held.next && ahead(held, t, amountIn(held.by, currency, t, language)),
  );
}

function ahead({ amount, next: { name, threshold, missing } }, t, written) {
  const label = `${name}: ${written(amount)} / ${written(threshold)}`;
  return [
    threshold > 0 && h("progress", { max: threshold, value: Math.min(amount, threshold), "aria-label": label }),
    h("p", { class: "soft" }, t("account.tier_next", { missing: written(missing), tier: name })),
  ];
}

/** How what a tier counts is written: points earned, or money spent. */
function amountIn(by, currency, t, language) {
  if (by === "points") return (count) => t("prize.points", { count });
  return (amountMinor) => writeMoney({ amount_minor: amountMinor, currency }, language);
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

/** One line of the statement, with its reason. What moved is told of the points that can be spent. */
export function line(entry, { t, number, moment }) {
  const { id, kind, balance_after: balance, reason, at } = entry;
  const { amount, waits } = moved(entry);
  const sign = amount > 0 ? "+" : "−";
  return h(
    "li",
    { key: id, class: `entry ${kind}`, part: "item" },
    h("span", { class: "reason" }, reason),
    amount !== 0 && h("b", { class: look(amount, waits) }, `${sign}${number(Math.abs(amount))}`),
    h("time", { class: "soft", datetime: at }, moment(at), waits && ` · ${t("account.line_pending")}`),
    h("span", { class: "soft after" }, t("account.balance_after", { balance })),
  );
}

/** Points on their way cannot be spent yet. What a payment takes for good was taken when it was set aside. */
function moved({ points, available = points, pending = 0 }) {
  return available !== 0 ? { amount: available, waits: false } : { amount: pending, waits: pending !== 0 };
}

function look(amount, waits) {
  if (waits) return "points waits";
  return amount < 0 ? "points spent" : "points";
}
