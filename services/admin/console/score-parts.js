/** What pages say of a day's reply rate. */

import { isLocal } from "./api.js";
import { bar } from "./bars.js";
import { el } from "./dom.js";
import { number, percent, share, yuan } from "./format.js";
import { myShop } from "./session.js";
import { t } from "./texts.js";
import { badge } from "./ui.js";

/** The rate, large, with the counts behind it and the verdict. */
export function rateLine(reply) {
  if (reply.rate === null) return el("p", { class: "rate" }, el("b", {}, "—"), " ", el("span", {}, t("score.nobody")));
  return el(
    "p",
    { class: "rate" },
    el("b", {}, percent(reply.rate, reply.min_rate)),
    " ",
    el("span", {}, t("score.counts", { effective: reply.effective_users, count: reply.consulting_users })),
    " ",
    verdictBadge(reply),
  );
}

/** Fails, passes, or too few to count. */
export function verdictBadge(reply) {
  const verdict = verdictOf(reply);
  return badge(verdict, t(`score.${verdict}`));
}

/** Why, in a sentence: the rule and where the day stands. */
export function verdictSentence(reply) {
  const users = reply.consulting_users;
  const facts = {
    users: number(users),
    min_users: number(reply.min_users),
    min_rate: percent(reply.min_rate),
    rate: reply.rate && percent(reply.rate, reply.min_rate),
  };
  return t(`score.${verdictOf(reply)}_why`, facts);
}

/** What the ruleset would ask for, and that it is an estimate. */
export function penaltySentences(reply, ruleset) {
  const amount =
    reply.penalty_cny > 0 ? t("score.penalty", { amount: yuan(reply.penalty_cny) }) : t("score.no_penalty");
  return el(
    "div",
    { class: "penalty" },
    el("p", {}, el("b", {}, amount)),
    el("p", { class: "soft" }, t("score.estimate", { ruleset })),
  );
}

/** The share as a bar, with a mark where the rule draws its line. */
export function rateBar({ rate, min_rate: least, fails }) {
  if (rate === null) return null;
  const drawing = bar(share(rate), share(least));
  if (fails) drawing.classList.add("fails");
  return drawing;
}

/** No day was scored yet, or one without a message; and what to do about it. */
export function noScores(title = t("score.empty")) {
  const help = document.querySelector("link[rel=help]")?.getAttribute("href");
  return el(
    "div",
    { class: "empty" },
    el("p", { class: "name" }, title),
    el("p", {}, t("score.empty_text")),
    el(
      "p",
      { class: "soft" },
      t("score.empty_how"),
      " ",
      el("code", {}, `POST /compliance/v1/shops/${myShop().id}/messages`),
    ),
    el(
      "div",
      { class: "actions" },
      isLocal() && el("a", { class: "button main", href: "/" }, t("score.run_tonight")),
      help && el("a", { class: "button", href: help }, t("score.docs")),
    ),
  );
}

function verdictOf({ rate, fails, consulting_users: users, min_users: least }) {
  if (fails) return "fails";
  return rate === null || users < least ? "few" : "passes";
}
