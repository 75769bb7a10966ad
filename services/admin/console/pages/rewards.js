/** All rewards of the shop: what each costs, how many are left, and its state. */

import { at, get } from "../api.js";
import { el } from "../dom.js";
import { money } from "../format.js";
import { loadDocument } from "../forms/schema.js";
import { can } from "../session.js";
import { titleOf } from "../status.js";
import { t } from "../texts.js";
import { badge, emptyState, head, link, pagedList } from "../ui.js";

export const REWARDS = "/points/v1/admin/rewards";

export function rewardsPage() {
  const create = can("editor") && link("/rewards/new", t("rewards.new"), "button main");
  const deliver = can("owner") && link("/delivery", t("deliver.title"), "button");
  const load = async (cursor) => {
    await loadDocument();
    return get(`${REWARDS}?${new URLSearchParams({ limit: "50", ...(cursor && { cursor }) })}`);
  };
  const none = () =>
    emptyState(
      t("rewards.empty"),
      t(can("editor") ? "rewards.empty_text" : "rewards.empty_viewer"),
      can("editor") && link("/rewards/new", t("rewards.new"), "button main"),
    );
  return {
    title: t("nav.rewards"),
    node: el(
      "div",
      {},
      head(t("nav.rewards"), {
        aside: create && el("div", { class: "actions" }, deliver, create),
        about: t("rewards.about"),
      }),
      pagedList(load, line, none, t("nav.rewards")),
    ),
  };
}

function line(reward) {
  const { id, status_now: status, definition, left } = reward;
  return el(
    "li",
    { class: "line" },
    el(
      "div",
      {},
      link(at`/rewards/${id}`, titleOf(reward), "name"),
      el("p", { class: "soft" }, `${t(`option.Any.kind.${definition.kind}`)} · ${priceOf(definition)}`),
    ),
    el(
      "div",
      { class: "meta" },
      left !== null && el("span", { class: left === 0 ? "out" : "soft" }, t("rewards.left", { count: left })),
      badge(status, statusWords(status)),
    ),
  );
}

/** "50 points", "60 points + ¥9.90". */
export function priceOf({ price_points: points, config }) {
  const asked = t("points.count", { count: points });
  return config.cash_minor ? t("rewards.and_cash", { points: asked, money: money(config.cash_minor) }) : asked;
}

/** What a reward's status is called. */
export function statusWords(status) {
  return t(`option.Any.status.${status}`);
}
