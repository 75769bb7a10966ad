/** What was bought: orders by customer or by id, and everything that was told of one. */

import { at, get } from "../api.js";
import { el, freshId, show } from "../dom.js";
import { dateOf, day, moment, money, number } from "../format.js";
import { go } from "../router.js";
import { t } from "../texts.js";
import { badge, busy, emptyState, facts, filling, head, link, pagedList, trouble } from "../ui.js";

const ALL = "/orders/v1/admin/orders";

/** Everybody's orders, or one customer's. */
export function ordersPage(customer = null) {
  const load = (cursor) => {
    const asked = { limit: "20", ...(customer && { customer_id: customer }), ...(cursor && { cursor }) };
    return get(`${ALL}?${new URLSearchParams(asked)}`);
  };
  const none = () => (customer === null ? nothingSold() : nothingBought(customer));
  const title = customer === null ? t("nav.orders") : t("orders.of", { customer });
  const back = customer !== null && { path: "/orders", label: t("orders.all") };
  const about = customer === null && t("orders.about");
  return {
    title,
    node: el("div", {}, head(title, { about, back }), search(), pagedList(load, line, none, title)),
  };
}

export const customerOrdersPage = (customer) => ordersPage(customer);

function nothingSold() {
  const how = el("code", {}, "POST /orders/v1/shops/…/events");
  return emptyState(t("orders.empty"), el("span", {}, t("orders.empty_text"), " ", how));
}

function nothingBought(customer) {
  const back = link("/orders", t("orders.all"), "button");
  return emptyState(t("orders.none_of", { customer }), t("orders.none_of_text"), back);
}

/** One field for both: an order is looked for first, then a customer. */
function search() {
  const id = freshId("find");
  const said = el("div", { "aria-live": "polite" });
  const plain = { autocomplete: "off", spellcheck: "false", maxlength: "128" };
  const input = el("input", { id, type: "search", name: "find", ...plain });
  const submit = el("button", { type: "submit" }, t("orders.find"));
  const look = async () => {
    const wanted = input.value.trim();
    if (wanted === "") return input.focus();
    show(said);
    try {
      go((await exists(wanted)) ? at`/orders/${wanted}` : at`/orders/of/${wanted}`);
    } catch (failure) {
      if (failure.name !== "Failure") throw failure;
      show(said, trouble(failure));
    }
  };
  const onsubmit = (event) => {
    event.preventDefault();
    busy(submit, look);
  };
  const row = el("div", { class: "find" }, input, submit);
  const label = el("label", { for: id }, t("orders.search"));
  return el("form", { class: "card search", role: "search", onsubmit }, label, row, said);
}

async function exists(order) {
  try {
    await get(at`/orders/v1/admin/orders/${order}`);
    return true;
  } catch (failure) {
    if (failure.status === 404) return false;
    throw failure;
  }
}

function line(order) {
  return el(
    "li",
    { class: "line" },
    el(
      "div",
      {},
      link(at`/orders/${order.order_id}`, order.order_id, "name"),
      el("p", { class: "soft small" }, moment(order.at), " · ", t("orders.items", { count: items(order) })),
    ),
    el(
      "div",
      { class: "meta" },
      el("span", {}, amounts(order)),
      el("span", { class: "soft" }, points(order)),
      statusBadge(order),
    ),
  );
}

function items({ lines }) {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

function amounts({ paid_minor: paid, refunded_minor: back, currency }) {
  const told = money(paid, currency);
  return back > 0 ? t("orders.paid_less", { paid: told, back: money(back, currency) }) : told;
}

/** Where its points are, in few words. */
function points(order) {
  const told = [
    ["orders.pending", order.points_pending],
    ["orders.available", order.points_available],
    ["orders.reversed", order.points_reversed],
  ];
  const words = told.filter(([, count]) => count > 0).map(([key, count]) => t(key, { count }));
  return words.length ? words.join(" · ") : t("orders.no_points");
}

function statusBadge({ status }) {
  return badge(`order-${status}`, t(`orders.status_${status}`));
}

/** One order: what it earned line by line, what was paid back, and what was told of it when. */
export function orderPage(id) {
  const load = () => get(at`/orders/v1/admin/orders/${id}`).catch(orNull);
  const draw = (order) => (order ? whole(order) : nowhere(id));
  const title = t("orders.title", { id });
  return {
    title,
    node: el("div", {}, head(title, { back: { path: "/orders", label: t("orders.all") } }), filling(load, draw)),
  };
}

function orNull(failure) {
  if (failure.status === 404) return null;
  throw failure;
}

function nowhere(id) {
  return emptyState(t("orders.nowhere", { id }), t("orders.nowhere_text"), link("/orders", t("orders.all"), "button"));
}

function whole(order) {
  const { currency } = order;
  return [
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("orders.now"), " ", statusBadge(order)),
      facts([
        [t("orders.paid"), money(order.paid_minor, currency)],
        [t("orders.refunded"), money(order.refunded_minor, currency)],
        [t("orders.points_pending"), number(order.points_pending)],
        [t("orders.points_available"), number(order.points_available)],
        [t("orders.points_reversed"), number(order.points_reversed)],
        order.available_at !== null && [t("orders.available_at"), moment(order.available_at)],
      ]),
    ),
    section("orders.lines", order.lines.map((each) => boughtLine(each, currency))),
    order.refunds.length > 0 && section("orders.refunds", order.refunds.map((each) => refundLine(each, order))),
    section("orders.events", order.events.map(eventLine)),
  ];
}

function section(title, lines) {
  const list = el("ul", { class: "list", "aria-label": t(title) }, lines);
  const none = el("p", { class: "soft" }, t("orders.no_lines"));
  return el("section", { class: "card" }, el("h2", {}, t(title)), lines.length ? list : none);
}

function boughtLine(line, currency) {
  const back = line.refunded_minor > 0 && t("orders.back", { amount: money(line.refunded_minor, currency) });
  const taken = line.points_reversed > 0 && t("orders.reversed", { count: line.points_reversed });
  return el(
    "li",
    { class: "line" },
    el(
      "div",
      {},
      el("p", { class: "name" }, line.title ?? line.sku, ` × ${number(line.quantity)}`),
      el("p", { class: "soft small" }, [line.sku, line.category].filter(Boolean).join(" · ")),
    ),
    el(
      "div",
      { class: "meta" },
      el("span", {}, [money(line.paid_minor, currency), back].filter(Boolean).join(" · ")),
      el("span", { class: "soft" }, [t("orders.earned", { count: line.points }), taken].filter(Boolean).join(" · ")),
    ),
  );
}

function refundLine({ refund_id: id, at: when, refunded_minor: minor, lines }, { currency, lines: bought }) {
  const name = (line) => bought.find((each) => each.line_id === line)?.title ?? line;
  const what = lines === null ? t("orders.unlined") : Object.keys(lines).map(name).join(", ");
  return el(
    "li",
    { class: "line" },
    el("div", {}, el("p", { class: "name" }, id), el("p", { class: "soft small" }, moment(when), " · ", what)),
    el("div", { class: "meta" }, el("span", {}, money(minor, currency))),
  );
}

/** What was heard on its own day needs no second date. */
function eventLine({ type, at: when, day: heard }) {
  const words = t("orders.heard", { day: day(heard, "medium") });
  const late = dateOf(when) !== heard && el("span", { class: "soft" }, words);
  return el(
    "li",
    { class: "line" },
    el("div", {}, el("p", { class: "name" }, t(`orders.event_${type.slice("order.".length)}`))),
    el("div", { class: "meta" }, el("span", {}, moment(when)), late),
  );
}
