/** What was redeemed of a reward: whom to deliver to, and how it went. */

import { all, at, get, post } from "../api.js";
import { confirmed } from "../dialog.js";
import { el, freshId } from "../dom.js";
import { Failure } from "../failure.js";
import { moment, money } from "../format.js";
import { fieldFor } from "../forms/nested.js";
import { bodyOf, loadDocument, propertiesOf } from "../forms/schema.js";
import { draw, go } from "../router.js";
import { can } from "../session.js";
import { titleOf } from "../status.js";
import { t } from "../texts.js";
import { badge, button, emptyState, facts, filling, head, link, pagedList, toast } from "../ui.js";
import { REWARDS } from "./rewards.js";

const REDEMPTIONS = "/points/v1/admin/redemptions";
const STATUSES = ["reserved", "pending", "fulfilled", "failed", "returned", "cancelled"];

let shownStatus = "pending"; // what is to be done comes first

/** The redemptions of the first reward, until one is chosen. */
export function redemptionsPage(reward = null) {
  const load = async () => {
    const [rewards] = await Promise.all([all(REWARDS), loadDocument()]);
    return rewards;
  };
  const title = t("nav.redemptions");
  const top = head(title, { about: t("redemptions.about") });
  return { title, node: el("div", {}, top, filling(load, (rewards) => drawn(rewards, reward))) };
}

function drawn(rewards, wanted) {
  if (rewards.length === 0)
    return emptyState(t("rewards.empty"), t("redemptions.no_rewards"), link("/rewards", t("nav.rewards"), "button"));
  const chosen = rewards.find(({ id }) => id === wanted) ?? rewards[0];
  return [filters(rewards, chosen), list(chosen)];
}

function filters(rewards, chosen) {
  const names = rewards.map((reward) => [reward.id, titleOf(reward)]);
  const statuses = [["", t("redemptions.any")], ...STATUSES.map((status) => [status, statusWords(status)])];
  return el(
    "div",
    { class: "filters" },
    choice(t("redemptions.reward"), names, chosen.id, (id) => go(at`/redemptions/${id}`)),
    choice(t("redemptions.status"), statuses, shownStatus, (status) => {
      shownStatus = status;
      draw();
    }),
  );
}

function choice(label, options, value, onchange) {
  const id = freshId("choice");
  const offered = options.map(([key, words]) => el("option", { value: key, selected: key === value }, words));
  const control = el("select", { id, onchange: () => onchange(control.value) }, offered);
  return el("div", { class: "field" }, el("label", { for: id }, label), control);
}

function list({ id }) {
  const filter = { reward_id: id, ...(shownStatus && { status: shownStatus }) };
  const none = () =>
    emptyState(t("redemptions.empty"), t(shownStatus ? "redemptions.empty_status" : "redemptions.empty_text"));
  return listed(filter, (redemption) => line(redemption, who(redemption), redemption.customer_id), none);
}

/** What one customer redeemed, told by the rewards. */
export function redemptionsOf(customer) {
  const none = () => el("p", { class: "soft" }, t("customer.no_redemptions"));
  const row = (redemption) => {
    const { reward_id: reward, title } = redemption;
    return line(redemption, link(at`/rewards/${reward}`, title, "name"), title);
  };
  return listed({ customer_id: customer }, row, none);
}

function listed(filter, row, none) {
  const asked = { ...filter, limit: "20" };
  const load = (cursor) => get(`${REDEMPTIONS}?${new URLSearchParams({ ...asked, ...(cursor && { cursor }) })}`);
  return pagedList(load, row, none, t("nav.redemptions"));
}

function who({ customer_id: customer }) {
  return customer
    ? link(at`/customers/${customer}`, customer, "name")
    : el("span", { class: "name" }, t("redemptions.nobody"));
}

/** `of` says, to those who only hear it, which one a button is for. */
function line(redemption, name, of) {
  const { at: when, status, contact, quantity } = redemption;
  return el(
    "li",
    { class: "redemption" },
    el(
      "div",
      { class: "line" },
      el("div", {}, name, el("p", { class: "soft small" }, `${moment(when)} · ${paid(redemption)}`)),
      el("div", { class: "meta" }, quantity > 1 && el("b", {}, `× ${quantity}`), badge(status, statusWords(status))),
    ),
    contact && contactFacts(contact),
    noteOf(redemption),
    can("editor") && status === "pending" && actions(redemption, of),
  );
}

function paid({ points, cash_minor: cash, paid: done }) {
  const asked = t("points.count", { count: points });
  if (!cash) return asked;
  const both = t("rewards.and_cash", { points: asked, money: money(cash) });
  return t(done ? "redemptions.paid" : "redemptions.unpaid", { price: both });
}

function contactFacts(contact) {
  const known = Object.entries(contact).map(([name, value]) => [t(`field.Known.${name}`), value]);
  return known.length > 0 && facts(known);
}

/** Why it went wrong, and money that has to go back. */
function noteOf({ reason, refund_minor: refund }) {
  return [
    reason && el("p", { class: "soft" }, t("redemptions.reason", { reason: reasonWords(reason) })),
    refund > 0 && el("p", { class: "warning" }, t("redemptions.refund", { money: money(refund) })),
  ];
}

const REASONS = {
  not_paid: "redemptions.reason_not_paid",
  sold_out: "redemptions.reason_sold_out",
  insufficient_points: "redemptions.reason_points",
};

function reasonWords(reason) {
  return REASONS[reason] ? t(REASONS[reason]) : reason;
}

function actions(redemption, of) {
  const step = (key, kind, take) => button(t(key), { kind, name: of && `${t(key)}: ${of}` }, () => take(redemption));
  return el(
    "div",
    { class: "actions" },
    step("redemptions.fulfil", "main", fulfil),
    step("redemptions.fail", "quiet risky", fail),
  );
}

async function fulfil({ redemption_id: id, title }) {
  const done = await confirmed({
    title: t("redemptions.fulfil_title", { title }),
    body: el("p", {}, t("redemptions.fulfil_text")),
    yes: t("redemptions.fulfil"),
    act: () => post(at`/points/v1/admin/redemptions/${id}/fulfil`, {}),
  });
  if (done) told("redemptions.fulfilled");
}

async function fail({ redemption_id: id, title, points, paid: done, cash_minor: cash }) {
  const [reason] = propertiesOf(bodyOf("post", `${REDEMPTIONS}/{redemption_id}/fail`));
  const field = fieldFor(reason, undefined);
  const refund = done && cash > 0 && el("p", { class: "warning" }, t("redemptions.refund", { money: money(cash) }));
  const failed = await confirmed({
    title: t("redemptions.fail_title", { title }),
    body: [el("p", {}, t("redemptions.fail_text", { count: points })), refund, field.node],
    yes: t("redemptions.fail"),
    dangerous: true,
    act: () => {
      checked(field);
      return post(at`/points/v1/admin/redemptions/${id}/fail`, { reason: field.read() });
    },
  });
  if (failed) told("redemptions.failed");
}

/** Throws when the page can already tell that something is missing. */
export function checked(field) {
  field.clear();
  const faults = field.faults();
  for (const { place, message } of faults) place.mark(message);
  if (faults.length === 0) return;
  faults[0].place.focus();
  throw new Failure("invalid", { status: 422, detail: t("form.faults", { count: faults.length }) });
}

function told(key) {
  draw();
  toast(t(key));
}

function statusWords(status) {
  return t(`redemptions.${status}`);
}
