/** One customer's points: what they have, every line of their statement, and correcting it with a reason. */

import { at, freshKey, get, post } from "../api.js";
import { confirmed } from "../dialog.js";
import { el, freshId, show } from "../dom.js";
import { day, moment, money, number } from "../format.js";
import { makeForm } from "../forms/form.js";
import { without } from "../forms/nested.js";
import { bodyOf, loadDocument } from "../forms/schema.js";
import { draw, go } from "../router.js";
import { can } from "../session.js";
import { t } from "../texts.js";
import { badge, changeList, emptyState, entitle, facts, filling, head } from "../ui.js";
import { pagedList, toast, trouble, uncertainty } from "../ui.js";
import { redemptionsOf } from "./redemptions.js";

const ADJUSTMENTS = "/points/v1/admin/adjustments";

/** Who is looked for. */
export function customersPage() {
  const title = t("nav.customers");
  return {
    title,
    node: el("div", {}, head(title, { about: t("customer.about") }), el("section", { class: "card" }, lookUp(""))),
  };
}

export function customerPage(id) {
  const load = async () => {
    const [account] = await Promise.all([get(pathOf(id, "account")).catch(orNull), loadDocument()]);
    return account;
  };
  const title = t("customer.title", { customer: id });
  const back = { path: "/customers", label: t("nav.customers") };
  return { title, node: el("div", {}, head(title, { back }), filling(load, (account) => drawn(id, account))) };
}

function pathOf(id, part) {
  return at`/points/v1/admin/customers/${id}/${part}`;
}

function orNull(failure) {
  if (failure.status === 404) return null;
  throw failure;
}

function lookUp(value) {
  const id = freshId("customer");
  const input = el("input", { id, type: "search", value, autocomplete: "off", spellcheck: "false", required: true });
  const onsubmit = (event) => {
    event.preventDefault();
    const wanted = input.value.trim();
    if (wanted) go(at`/customers/${wanted}`);
    else input.focus();
  };
  return el(
    "form",
    { class: "form", onsubmit, role: "search" },
    el(
      "div",
      { class: "field" },
      el("label", { for: id }, t("customer.id")),
      input,
      el("p", { class: "hint" }, t("customer.id_hint")),
    ),
    el("div", { class: "actions" }, el("button", { type: "submit", class: "main" }, t("customer.find"))),
  );
}

function drawn(id, account) {
  if (account === null)
    return [
      emptyState(t("customer.none"), t("customer.none_text", { customer: id })),
      el("section", { class: "card" }, lookUp(id)),
    ];
  entitle(t("customer.title", { customer: id }));
  return [
    el("section", { class: "card" }, el("h2", {}, t("customer.account")), figure(account), waiting(account)),
    can("editor") && el("section", { class: "card" }, el("h2", {}, t("customer.adjust")), adjusting(id, account)),
    el("section", { class: "card" }, el("h2", {}, t("customer.statement")), statement(id)),
    el("section", { class: "card" }, el("h2", {}, t("nav.redemptions")), redemptionsOf(id)),
  ];
}

function figure({ available, money_value: worth }) {
  return el(
    "p",
    { class: "figure" },
    el("b", {}, number(available)),
    " ",
    t("points.unit", { count: available }),
    worth && el("span", { class: "soft" }, ` ≈ ${money(worth.amount_minor, worth.currency)}`),
  );
}

function waiting({ pending, held, debt, expiring, tier }) {
  const points = (count) => t("points.count", { count });
  return facts([
    pending > 0 && [t("customer.pending"), points(pending)],
    held > 0 && [t("customer.held"), points(held)],
    debt > 0 && [t("customer.debt"), points(debt)],
    tier?.name && [t("customer.tier"), tier.name],
    ...expiring.map(({ at: until, points: count }) => [t("customer.until", { day: day(until) }), points(count)]),
  ]);
}

function statement(id) {
  const path = pathOf(id, "entries");
  const load = (cursor) => get(`${path}?${new URLSearchParams({ limit: "20", ...(cursor && { cursor }) })}`);
  const none = () => el("p", { class: "soft" }, t("customer.no_lines"));
  return pagedList(load, line, none, t("customer.statement"));
}

/** Told of the points that can be spent: those on their way count once they have arrived. */
function line({ reason, at: when, available, pending, balance_after: balance }) {
  const waits = available === 0 && pending !== 0;
  return el(
    "li",
    { class: "line" },
    el("div", {}, el("p", { class: "name" }, reason), el("p", { class: "soft small" }, moment(when))),
    el(
      "div",
      { class: "meta" },
      waits && badge("pending", t("customer.on_its_way")),
      el("b", { class: "sum" }, signed(available || pending)),
      el("span", { class: "soft small" }, t("customer.after", { balance })),
    ),
  );
}

function signed(points) {
  return points > 0 ? `+${number(points)}` : number(points).replace("-", "−");
}

function adjusting(id, account) {
  const notice = el("div", { class: "notices" });
  const once = { body: "", key: "" };
  const form = makeForm({
    spec: without(bodyOf("post", ADJUSTMENTS), "customer_id"),
    value: undefined,
    submit: t("customer.review"),
    onsubmit: (value) => adjust(value),
  });
  const adjust = async (value) => {
    show(notice);
    const body = { customer_id: id, ...value };
    // What may have been carried out keeps its key, so that asking again cannot do it twice.
    if (once.body !== JSON.stringify(body)) Object.assign(once, { body: JSON.stringify(body), key: freshKey() });
    try {
      const done = await confirmed(question(body, account, once.key));
      if (done === undefined) return;
      draw();
      toast(t("customer.adjusted", { balance: done.balance }));
    } catch (failure) {
      if (failure.name !== "Failure") throw failure;
      if (failure.errors.length > 0) form.showErrors(failure.errors);
      else show(notice, trouble(failure), uncertainty(failure));
    }
  };
  return [notice, form.node];
}

function question(body, { available }, key) {
  const { points, reason, customer_id: customer } = body;
  const after = available + points;
  const change = { labels: [t("customer.can_spend")], before: number(available), after: number(after) };
  const give = points > 0;
  return {
    title: t(give ? "customer.give" : "customer.take", { count: Math.abs(points), customer }),
    body: [
      changeList([change]),
      facts([[t("customer.reason"), reason]]),
      el("p", { class: "soft" }, t("customer.adjust_about")),
    ],
    yes: t(give ? "customer.give_yes" : "customer.take_yes"),
    dangerous: !give,
    act: () => post(ADJUSTMENTS, body, key),
    handles: ({ status, errors }) => status === 422 && errors.length > 0,
  };
}
