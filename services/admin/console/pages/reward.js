/** One reward: its state and what can be done about it, what is left, what it says, and its versions. */

import { at, get } from "../api.js";
import { el } from "../dom.js";
import { described } from "../forms/differences.js";
import { loadDocument, named, propertiesOf } from "../forms/schema.js";
import { can } from "../session.js";
import { titleOf } from "../status.js";
import { t } from "../texts.js";
import { badge, entitle, filling, head, link, valueList } from "../ui.js";
import { REWARDS, priceOf, statusWords } from "./rewards.js";
import { stepButtons } from "./steps.js";
import { versionList } from "./versions.js";

export function rewardPage(id) {
  const load = async () => {
    const [reward] = await Promise.all([get(pathOf(id)), loadDocument()]);
    return reward;
  };
  return { title: id, node: el("div", {}, filling(load, drawn)) };
}

function pathOf(id) {
  return `${REWARDS}/${encodeURIComponent(id)}`;
}

function drawn(reward) {
  const status = reward.status_now;
  const path = pathOf(reward.id);
  const specs = { definition: definitionSpec(), status: named("RewardStatusIn") };
  entitle(titleOf(reward));
  return [
    head(titleOf(reward), {
      back: { path: "/rewards", label: t("nav.rewards") },
      aside: badge(status, statusWords(status)),
      about: t(`reward.${status}_about`),
    }),
    can("editor") &&
      stepButtons(reward, {
        path,
        edit: at`/rewards/${reward.id}/edit`,
        text: (step) => t(`reward.${step}_text`),
      }),
    stock(reward),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("activity.now", { version: reward.version })),
      valueList(described(specs.definition, reward.definition)),
    ),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("activity.versions")),
      versionList({ path: `${path}/versions`, specs, words: statusWords }),
    ),
  ];
}

function stock({ id, left, definition }) {
  const pooled = definition.config.codes === "pool";
  const count = left === null ? t("reward.no_limit") : t("rewards.left", { count: left });
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("reward.stock")),
    el("p", { class: "figure" }, el("b", {}, count)),
    el("p", { class: "soft" }, t("reward.price", { price: priceOf(definition) })),
    el(
      "div",
      { class: "actions" },
      pooled && link(at`/rewards/${id}/codes`, t("reward.codes"), "button"),
      link(at`/redemptions/${id}`, t("reward.redemptions"), "button"),
    ),
  );
}

function definitionSpec() {
  return propertiesOf(named("RewardVersionOut")).find(({ name }) => name === "definition");
}
