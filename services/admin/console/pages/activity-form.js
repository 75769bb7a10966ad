/** Making an activity, and changing one, through the form its schema asks for. */

import { at, get, post, put } from "../api.js";
import { el, show } from "../dom.js";
import { bodyOf, propertiesOf } from "../forms/schema.js";
import { creatingForm, versionedForm } from "../forms/versioned.js";
import { go, settled } from "../router.js";
import { pick, t } from "../texts.js";
import { toast, head } from "../ui.js";

const ALL = "/activities/v1/admin/activities";
const BACK = () => ({ path: "/activities", label: t("nav.activities") });

export function newActivityPage(kept) {
  const create = async (value) => {
    const made = await post(ALL, value);
    settled();
    go(at`/activities/${made.id}`);
    toast(t("activity.created"));
  };
  const form = creatingForm({ spec: () => bodyOf("post", ALL), submit: t("activity.create"), create, kept });
  const title = t("activities.new");
  return {
    ...form,
    title,
    node: el("div", {}, head(title, { back: BACK(), about: t("activity.create_about") }), form.node),
  };
}

export function editActivityPage(id, kept) {
  const path = at`/activities/v1/admin/activities/${id}`;
  const heading = head(t("activity.edit_title", { title: id }), {
    back: { path: at`/activities/${id}`, label: t("activity.back") },
  });
  const form = versionedForm({
    kept,
    spec: () => propertiesOf(bodyOf("put", `${ALL}/{activity_id}`)).find(({ name }) => name === "definition"),
    load: async () => {
      const { version, definition } = await get(path);
      show(heading.querySelector("h1"), t("activity.edit_title", { title: pick(definition.title) || id }));
      return { version, value: definition };
    },
    save: (definition, version) => put(path, { based_on: version, definition }),
    prefix: "/definition",
    submit: t("form.review"),
    consequences: [t("activity.change_about")],
    onsaved: ({ version }) => {
      settled();
      go(at`/activities/${id}`);
      toast(t("form.saved", { version }));
    },
  });
  return { ...form, title: t("activity.edit_title", { title: id }), node: el("div", {}, heading, form.node) };
}
