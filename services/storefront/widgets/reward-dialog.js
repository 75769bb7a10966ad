/**
 * The dialog of the rewards: what it costs and what is left, what to fill in, how it went.
 *
 * `asking` is {what: "redeem" or "cancel", item, available?, busy?, failure?, done?}, or null while nothing is asked.
 */

import { h } from "./dom.js";
import { isWorthRetrying } from "./failure.js";
import { tick } from "./icons.js";
import { codeBox, payBy, price, validUntil } from "./reward-parts.js";

/** What a kind must know to be delivered. */
const CONTACTS = {
  data_top_up: [{ name: "phone", type: "tel", label: "rewards.phone", hint: "rewards.phone_hint" }],
};
const PHONE = /^\+?\d{6,15}$/;


/** Always there, so that it can close. */
export function dialog(asking, words, on) {
  const kids = asking === null ? [] : asking.done ? done(asking, words, on) : question(asking, words, on);
  const stay = (event) => asking?.busy && event.preventDefault();
  const named = { part: "dialog", "aria-labelledby": "question" };
  return h("dialog", { key: "dialog", ...named, onclose: on.no, oncancel: stay }, kids);
}

function question(asking, words, on) {
  const { what, item, busy, failure } = asking;
  const { t } = words;
  const fields = what === "redeem" ? (CONTACTS[item.kind] ?? []) : [];
  const yes = t(busy ? "rewards.busy" : what === "redeem" ? "rewards.yes" : "redemption.yes");
  const over = failure && !isWorthRetrying(failure) && failure.code !== "invalid";
  const submit = (event) => {
    event.preventDefault();
    const wrong = faultsOf(event.target, fields, t);
    if (wrong.length > 0) on.wrong(wrong);
    else if (what === "cancel") on.cancel();
    else on.redeem(contactOf(event.target, fields));
  };
  const leave = { type: "button", class: "button plain", part: "button", onclick: on.no };
  const no = h("button", leave, t(over ? "rewards.close" : "rewards.no"));
  const state = { type: "submit", class: "button", part: "button", "aria-disabled": busy ? "true" : "false" };
  return h(
    "form",
    { key: "question", class: "stack", novalidate: true, onsubmit: submit },
    h("p", { id: "question", class: "title", tabindex: "-1" }, t(QUESTIONS[what], { title: item.title })),
    what === "redeem" ? cost(asking, words) : h("p", {}, t("redemption.back", { count: item.points })),
    fields.map((field) => contactField(field, failure, t)),
    failure && trouble(failure, on),
    h("div", { class: "choice" }, no, !over && h("button", state, yes)),
  );
}

const QUESTIONS = { redeem: "rewards.question", cancel: "redemption.question" };

function cost({ item, available }, words) {
  const { t } = words;
  const left = available === undefined ? null : available - item.price_points;
  const row = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return [
    h(
      "dl",
      { class: "cost" },
      row(t("rewards.price"), price(item, words)),
      left !== null && row(t("rewards.before"), t("prize.points", { count: available })),
      left !== null && left >= 0 && row(t("rewards.after"), t("prize.points", { count: left })),
    ),
    item.cash_minor && h("p", { class: "soft" }, t("rewards.cash_about")),
    item.instructions && h("p", { class: "soft" }, item.instructions),
  ];
}

function contactField({ name, type, label, hint }, failure, t) {
  const fault = failure?.errors?.find(({ pointer }) => pointer.endsWith(`/${name}`))?.message;
  const wrong = { "aria-invalid": fault ? "true" : null, "aria-describedby": `${name}-hint` };
  return h(
    "label",
    { key: name, class: "field" },
    h("span", {}, t(label)),
    h("input", { name, type, required: true, autocomplete: type, inputmode: type, ...wrong }),
    h("span", { id: `${name}-hint`, class: fault ? "fault" : "soft" }, fault ?? t(hint)),
  );
}

function contactOf(form, fields) {
  if (fields.length === 0) return null;
  return Object.fromEntries(fields.map(({ name }) => [name, typed(form, name)]));
}

/** People write numbers with gaps. */
function typed(form, name) {
  return form.elements.namedItem(name).value.replace(/[\s-]/g, "");
}

function faultsOf(form, fields, t) {
  const wrong = fields.filter(({ name }) => !PHONE.test(typed(form, name)));
  if (wrong.length > 0) form.elements.namedItem(wrong[0].name).focus();
  return wrong.map(({ name }) => ({ pointer: `/contact/${name}`, message: t("rewards.phone_wrong") }));
}

/** What is wrong with a field stands at the field. */
function trouble(failure, on) {
  return failure.errors?.some(({ pointer }) => pointer.startsWith("/contact/")) ? null : on.problem(failure, null);
}

function done({ item, done: answer }, words, on) {
  const { t } = words;
  const paying = answer.status === "reserved" && answer.cash_minor;
  const close = { type: "button", class: "button", part: "button", onclick: on.no };
  const yours = answer.status === "fulfilled" ? "rewards.done_yours" : "rewards.done_pending";
  const then = answer.code ? "rewards.done_code" : paying ? "rewards.done_pay" : yours;
  return h(
    "div",
    { key: "done", class: "stack done" },
    h("p", { id: "question", class: "title", tabindex: "-1" }, tick(), t("rewards.done", { title: item.title })),
    h("p", { role: "status" }, t(then)),
    answer.code && codeBox(answer.code, words),
    payBy(answer, words),
    validUntil(answer, words),
    answer.instructions && h("p", { class: "soft" }, answer.instructions),
    h("p", { class: "soft" }, t("rewards.balance_now", { count: answer.balance })),
    h("div", { class: "choice" }, h("button", close, t("rewards.close"))),
  );
}
