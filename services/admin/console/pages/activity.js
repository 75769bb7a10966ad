/** One activity: its state and what can be done about it, what it says, and its versions. */

import { at, get } from "../api.js";
import { el } from "../dom.js";
import { moment } from "../format.js";
import { described } from "../forms/differences.js";
import { loadDocument, named, propertiesOf } from "../forms/schema.js";
import { can } from "../session.js";
import { titleOf } from "../status.js";
import { t } from "../texts.js";
import { badge, entitle, filling, head, valueList } from "../ui.js";
import { stepButtons } from "./steps.js";
import { versionList } from "./versions.js";

export function activityPage(id) {
  const load = async () => {
    const [activity] = await Promise.all([get(pathOf(id)), loadDocument()]);
    return activity;
  };
  return { title: id, node: el("div", {}, filling(load, drawn)) };
}

function pathOf(id) {
  return at`/activities/v1/admin/activities/${id}`;
}

function drawn(activity) {
  const status = activity.status_now;
  const title = titleOf(activity);
  const path = pathOf(activity.id);
  entitle(title);
  const specs = { definition: definitionSpec(), status: named("StatusIn") };
  const values = valueList(described(specs.definition, activity.definition));
  return [
    head(title, {
      back: { path: "/activities", label: t("nav.activities") },
      aside: badge(status, words(status)),
      about: t(`status.${status}_about`, timesOf(activity)),
    }),
    can("editor") && actions(activity, path),
    el("section", { class: "card" }, el("h2", {}, t("activity.now", { version: activity.version })), values),
    el(
      "section",
      { class: "card" },
      el("h2", {}, t("activity.versions")),
      versionList({ path: `${path}/versions`, specs, words }),
    ),
  ];
}

function words(status) {
  return t(`option.VersionOut.status.${status}`);
}

function timesOf({ definition }) {
  return { opens: definition.opens_at ? moment(definition.opens_at) : "" };
}

function definitionSpec() {
  return propertiesOf(named("VersionOut")).find(({ name }) => name === "definition");
}

function actions(activity, path) {
  const text = (step, status) =>
    t(status === "scheduled" ? "step.schedule_text" : `step.${step}_text`, timesOf(activity));
  return stepButtons(activity, { path, edit: at`/activities/${activity.id}/edit`, text });
}
