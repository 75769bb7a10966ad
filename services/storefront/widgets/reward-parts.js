/** Pieces of the rewards that only show: one of the catalogue, one that was redeemed, its code. */

import { h } from "./dom.js";
import { gift, rewardIcons } from "./icons.js";
import { writeMoney } from "./money.js";

const FEW = 10;

const KINDS = {
  coupon: "kind.coupon",
  red_packet: "kind.red_packet",
  data_top_up: "kind.data_top_up",
  product: "kind.product",
  perk: "kind.perk",
};

const STATUSES = {
  reserved: "redemption.reserved",
  pending: "redemption.pending",
  fulfilled: "redemption.fulfilled",
  failed: "redemption.failed",
  returned: "redemption.returned",
  cancelled: "redemption.cancelled",
};

/** What it costs: "50 points", "50 points + ¥9.90". */
export function price({ price_points: points, cash_minor: cash, currency }, { t, language }) {
  const asked = t("prize.points", { count: points });
  return cash ? `${asked} + ${writeMoney({ amount_minor: cash, currency }, language)}` : asked;
}

/** One of the catalogue. `choose` is null for a visitor. */
export function reward(item, words, choose) {
  const { id, kind, title, description, state } = item;
  const open = state === "available";
  return h(
    "li",
    { key: id, class: open ? "reward" : "reward closed", part: "item" },
    h("span", { class: "tile" }, (rewardIcons[kind] ?? gift)()),
    h(
      "div",
      { class: "what" },
      h("p", { class: "name" }, title),
      description && h("p", { class: "soft" }, description),
      h("p", { class: "soft facts" }, factsOf(item, words).join(" · ")),
    ),
    h("p", { class: "price" }, price(item, words)),
    h("div", { class: "way" }, open || choose === null ? redeemButton(item, words, choose) : why(item, words)),
  );
}

function redeemButton(item, { t }, choose) {
  if (choose === null) return null;
  const named = { "aria-label": t("rewards.redeem_name", { title: item.title }), onclick: () => choose(item) };
  return h("button", { type: "button", class: "button small", part: "button redeem", ...named }, t("rewards.redeem"));
}

function factsOf({ kind, remaining, closes_at: closes, per_customer: most, tier }, { t, moment }) {
  return [
    KINDS[kind] && t(KINDS[kind]),
    tier && t("rewards.tier", { tier: tier.name ?? tier }),
    remaining !== null && remaining > 0 && remaining <= FEW && t("rewards.left", { count: remaining }),
    most && t("rewards.most", { count: most }),
    closes && t("rewards.until", { when: moment(closes) }),
  ].filter(Boolean);
}

/** Why it cannot be had now, and what then. */
function why(item, { t, moment }) {
  const { state, missing_points: missing, price_points: points, opens_at: opens } = item;
  if (state === "insufficient" && missing)
    return [
      h("p", { class: "reason" }, t("rewards.missing", { count: missing })),
      h("progress", { max: points, value: points - missing, "aria-label": item.title }),
    ];
  const sentences = {
    sold_out: t("rewards.sold_out"),
    // Open by the clock, and yet not to be had: paused.
    not_open: isAhead(opens) ? t("rewards.opens", { when: moment(opens) }) : t("rewards.not_open"),
    limit_reached: t("rewards.limit_reached"),
    not_eligible: t("rewards.not_eligible"),
  };
  return h("p", { class: "reason" }, sentences[state] ?? t("rewards.not_open"));
}

function isAhead(at) {
  return Boolean(at) && Date.parse(at) > Date.now();
}

/** One that was redeemed. */
export function redemption(item, words, giveBack) {
  const { t, moment } = words;
  const { id, title, status, at, code, instructions, cancellable } = item;
  const named = { "aria-label": t("redemption.cancel_name", { title }), onclick: () => giveBack(item) };
  return h(
    "li",
    { key: id, class: "redemption", part: "item" },
    h(
      "p",
      { class: "split" },
      h("b", {}, title),
      h("span", { class: `state ${status}`, part: "badge" }, STATUSES[status] ? t(STATUSES[status]) : status),
    ),
    h("p", { class: "soft" }, `${moment(at)} · ${paid(item, words)}`),
    payBy(item, words),
    code && codeBox(code, words),
    validUntil(item, words),
    instructions && status !== "cancelled" && status !== "returned" && h("p", { class: "soft" }, instructions),
    cancellable &&
      h("button", { type: "button", class: "button plain small", part: "button", ...named }, t("redemption.cancel")),
  );
}

function paid({ points, cash_minor: cash, currency }, words) {
  return price({ price_points: points, cash_minor: cash, currency }, words);
}

/** Until when to pay, where money is still to come. */
export function payBy({ status, payable_until: until, cash_minor: cash, currency }, { t, language, moment }) {
  if (status !== "reserved" || !until) return null;
  const money = cash ? writeMoney({ amount_minor: cash, currency }, language) : "";
  return h("p", { class: "pay" }, t("redemption.pay_by", { money, when: moment(until) }));
}

/** Until when it can be used, where that ends. */
export function validUntil({ status, valid_until: until }, { t, moment }) {
  if (!until || status !== "fulfilled") return null;
  return h("p", { class: "soft" }, t("redemption.valid_until", { when: moment(until) }));
}

/** The code with a button that copies it. */
export function codeBox(code, { t }) {
  return h(
    "div",
    { key: `code ${code}`, class: "code", part: "code" },
    h("code", {}, code),
    h(
      "button",
      { type: "button", class: "button plain small", part: "button copy", onclick: (event) => copy(event, code, t) },
      t("redemption.copy"),
    ),
    h("span", { class: "soft", role: "status" }),
  );
}

async function copy({ target }, code, t) {
  const box = target.closest(".code");
  const told = box.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(code);
    told.textContent = t("redemption.copied");
  } catch {
    // No clipboard on this page: the code is selected, the rest is the shopper's.
    getSelection().selectAllChildren(box.querySelector("code"));
    told.textContent = t("redemption.selected");
  }
}
