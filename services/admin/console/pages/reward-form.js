/** Making a reward, and changing one, through the form its schema asks for. */

import { at, get, post, put } from "../api.js";
import { el, show } from "../dom.js";
import { bodyOf, propertiesOf } from "../forms/schema.js";
import { creatingForm, versionedForm } from "../forms/versioned.js";
import { go, settled } from "../router.js";
import { titleOf } from "../status.js";
import { t } from "../texts.js";
import { head, toast } from "../ui.js";
import { REWARDS } from "./rewards.js";

export function newRewardPage(kept) {
  const create = async (value) => {
    const made = await post(REWARDS, value);
    settled();
    go(at`/rewards/${made.id}`);
    toast(t("reward.created"));
  };
  const form = creatingForm({ spec: () => bodyOf("post", REWARDS), submit: t("activity.create"), create, kept });
  const title = t("rewards.new");
  const back = { path: "/rewards", label: t("nav.rewards") };
  return { ...form, title, node: el("div", {}, head(title, { back, about: t("reward.create_about") }), form.node) };
}

export function editRewardPage(id, kept) {
  const path = at`/points/v1/admin/rewards/${id}`;
  const back = { path: at`/rewards/${id}`, label: t("reward.back") };
  const heading = head(t("activity.edit_title", { title: id }), { back });
  const form = versionedForm({
    kept,
    spec: () => propertiesOf(bodyOf("put", `${REWARDS}/{reward_id}`)).find(({ name }) => name === "definition"),
    load: async () => {
      const reward = await get(path);
      show(heading.querySelector("h1"), t("activity.edit_title", { title: titleOf(reward) }));
      return { version: reward.version, value: reward.definition };
    },
    save: (definition, version) => put(path, { based_on: version, definition }),
    prefix: "/definition",
    submit: t("form.review"),
    consequences: [t("reward.change_about")],
    onsaved: ({ version }) => {
      settled();
      go(at`/rewards/${id}`);
      toast(t("form.saved", { version }));
    },
  });
  return { ...form, title: t("activity.edit_title", { title: id }), node: el("div", {}, heading, form.node) };
}
