/** The shop's points in a period: where they came from and went, what is still owed, and what will never be used. */

import { get } from "../api.js";
import { bar, barTable } from "../bars.js";
import { now } from "../clock.js";
import { el, freshId } from "../dom.js";
import { day, moment, money, number, percent, shopZone } from "../format.js";
import { draw } from "../router.js";
import { t } from "../texts.js";
import { badge, emptyState, facts, filling, head, link } from "../ui.js";

const REPORT = "/points/v1/admin/reports";
/** About as much of a shop's points should come from purchases. */
const SOUND_SHARE = 0.7;
const NEAR = 0.1;
const SPANS = [30, 90, 365];
const DAY_MS = 86_400_000;

let period = { days: SPANS[0] };

export function reportPage() {
  const title = t("nav.report");
  const { from, to } = daysOf(period);
  const body = filling(() => get(`${REPORT}?${new URLSearchParams({ from, to })}`), drawn);
  return { title, node: el("div", {}, head(title, { about: t("report.about") }), choices(from, to), body) };
}

/** The first and last day, on the shop's calendar. A day's figures are there on the morning after it. */
function daysOf({ days, from, to }) {
  if (days === undefined) return { from, to };
  const today = Date.parse(dayAt(now()));
  const back = (count) => dayAt(new Date(today - count * DAY_MS), "UTC");
  return { from: back(days), to: back(1) };
}

function dayAt(at, timeZone = shopZone()) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at); // Swedes write 2026-11-22
}

function choices(from, to) {
  const name = freshId("span");
  const choose = (chosen) => {
    period = chosen;
    draw();
  };
  const span = (days) => {
    const input = el("input", { type: "radio", name, checked: period.days === days, onchange: () => choose({ days }) });
    return el("label", {}, input, el("span", {}, t("report.days", { count: days })));
  };
  const first = dateField("report.from", from);
  const last = dateField("report.to", to);
  const onsubmit = (event) => {
    event.preventDefault();
    const [begin, end] = [first, last].map((field) => field.querySelector("input").value);
    if (begin && end) choose(begin <= end ? { from: begin, to: end } : { from: end, to: begin });
  };
  return el(
    "form",
    { class: "period", onsubmit },
    el(
      "fieldset",
      { class: "choices" },
      el("legend", { class: "unseen" }, t("report.period")),
      el("div", {}, SPANS.map(span)),
    ),
    first,
    last,
    el("button", { type: "submit", class: "quiet" }, t("report.show")),
  );
}

function dateField(key, value) {
  const id = freshId("date");
  return el("div", { class: "field" }, el("label", { for: id }, t(key)), el("input", { id, type: "date", value }));
}

function drawn(report) {
  const { issued, redeemed, expired, reversed, liability } = report;
  if (liability === null)
    return emptyState(t("report.empty"), t("report.empty_text"), link("/activities", t("nav.activities"), "button"));
  return [
    summary(report),
    flow("report.issued", issued, share(report)),
    flow("report.redeemed", redeemed),
    expired.points > 0 && flow("report.expired", expired),
    reversed.points > 0 && flow("report.reversed", reversed),
    owed(liability),
    books(report.reconciliation),
  ];
}

function summary({ issued, redeemed, expired, reversed, days, breakage_percent: breakage }) {
  const points = (flow) => t("points.count", { count: flow.points });
  const about = el("p", { class: "soft" }, t("report.counted", { count: days }));
  const values = facts([
    [t("report.issued"), points(issued)],
    [t("report.redeemed"), points(redeemed)],
    [t("report.expired"), points(expired)],
    [t("report.reversed"), points(reversed)],
    breakage !== null && [t("report.breakage"), percent(breakage / 100)],
  ]);
  return card("report.total", values, about);
}

/** Whether about seven points in ten come from purchases, in words and as a bar with a line at seven tenths. */
function share({ purchase_share_percent: told }) {
  if (told === null) return null;
  const found = told / 100;
  const verdict = Math.abs(found - SOUND_SHARE) <= NEAR ? "near" : found < SOUND_SHARE ? "low" : "high";
  return [
    el("p", { class: "rate" }, el("b", {}, percent(found)), " ", el("span", {}, t("report.from_purchases"))),
    bar(found, SOUND_SHARE),
    el("p", { class: "soft" }, t(`report.share_${verdict}`, { sound: percent(SOUND_SHARE) })),
  ];
}

function flow(title, { points, by_source: sources }, ...more) {
  const rows = sources.map(({ name, points: count }) => [name, count, number(count)]);
  const table = barTable({ caption: t(title), heads: columns("report.source"), rows, whole: points || 1 });
  return card(title, more, rows.length > 0 ? table : el("p", { class: "soft" }, t("report.nothing")));
}

/** What the shop owed on the night after its day, by when it expires. */
function owed({ day: date, points, pending, held, debt, money_value: worth, by_expiry: found }) {
  const rows = found.map(({ until, points: count }) => [
    until === null ? t("policy.never") : day(until),
    count,
    number(count),
  ]);
  const some = (key, count) => count > 0 && [t(key), t("points.count", { count })];
  return card(
    "report.liability",
    el(
      "p",
      { class: "figure" },
      el("b", {}, number(points)),
      " ",
      t("points.unit", { count: points }),
      worth && el("span", { class: "soft" }, ` ≈ ${money(worth.amount_minor, worth.currency)}`),
    ),
    el("p", { class: "soft" }, t("report.liability_about", { day: day(date) })),
    rows.length > 0 && barTable({ caption: t("report.liability"), heads: columns("report.until"), rows }),
    facts([some("customer.pending", pending), some("customer.held", held), some("customer.debt", debt)]),
  );
}

/** The last night's check of the books. */
function books({ at, accounts, entries, faults }) {
  const told = { when: moment(at), accounts, count: entries };
  const wrong = faults > 0 && badge("fails", t("report.faults", { count: faults }));
  const verdict = wrong || badge("passes", t("report.sound"));
  return card("report.books", el("p", {}, verdict), el("p", { class: "soft" }, t("report.checked", told)));
}

function columns(first) {
  return [t(first), t("report.bar"), t("policy.lot_points")];
}

function card(title, ...kids) {
  return el("section", { class: "card" }, el("h2", {}, t(title)), ...kids);
}
