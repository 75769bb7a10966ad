/** One activity: its state and what can be done about it, what it says, and its versions. */

import { at, get, post } from "../api.js";
import { confirmed } from "../dialog.js";
import { el } from "../dom.js";
import { moment } from "../format.js";
import { described, differences } from "../forms/differences.js";
import { loadDocument, named, propertiesOf } from "../forms/schema.js";
import { draw } from "../router.js";
import { can } from "../session.js";
import { stepsFrom, titleOfActivity } from "../status.js";
import { t } from "../texts.js";
import { badge, button, changeList, entitle, filling, head, link, pagedList, toast, valueList } from "../ui.js";

export function activityPage(id) {
  const load = async () => {
    const [activity] = await Promise.all([get(at`/activities/v1/admin/activities/${id}`), loadDocument()]);
    return activity;
  };
  return { title: id, node: el("div", {}, filling(load, drawn)) };
}

function drawn(activity) {
  const status = activity.status_now;
  const title = titleOfActivity(activity);
  entitle(title);
  const words = badge(status, t(`option.VersionOut.status.${status}`));
  const values = valueList(described(definitionSpec(), activity.definition));
  return [
    head(title, {
      back: { path: "/activities", label: t("nav.activities") },
      aside: words,
      about: t(`status.${status}_about`, timesOf(activity)),
    }),
    can("editor") && actions(activity),
    el("section", { class: "card" }, el("h2", {}, t("activity.now", { version: activity.version })), values),
    el("section", { class: "card" }, el("h2", {}, t("activity.versions")), versions(activity.id)),
  ];
}

function timesOf({ definition }) {
  return { opens: definition.opens_at ? moment(definition.opens_at) : "" };
}

function definitionSpec() {
  return propertiesOf(named("VersionOut")).find(({ name }) => name === "definition");
}

function actions(activity) {
  const steps = stepsFrom(activity);
  const edit = steps.length > 0 && link(at`/activities/${activity.id}/edit`, t("activity.edit"), "button");
  const made = steps.map(({ step, status }) =>
    button(t(`step.${step}`), { kind: kindOfStep(step) }, () => take(step, status, activity)),
  );
  return made.length > 0 && el("div", { class: "actions top" }, made.slice(0, 1), edit, made.slice(1));
}

function kindOfStep(step) {
  if (step === "publish" || step === "resume") return "main";
  return step === "pause" ? "quiet" : "quiet risky";
}

async function take(step, status, activity) {
  const done = await confirmed({
    title: t(`step.${step}_title`, { title: titleOfActivity(activity) }),
    body: el("p", {}, t(status === "scheduled" ? "step.schedule_text" : `step.${step}_text`, timesOf(activity))),
    yes: t(`step.${step}_yes`),
    dangerous: step === "end" || step === "discard",
    act: () => post(at`/activities/v1/admin/activities/${activity.id}/status`, { status }),
  });
  if (done === undefined) return;
  draw();
  toast(t(`step.${step}_done`));
}

function versions(id) {
  const path = at`/activities/v1/admin/activities/${id}/versions`;
  const load = async (cursor) => {
    const page = await get(`${path}?${new URLSearchParams({ limit: "20", ...(cursor && { cursor }) })}`);
    return { ...page, items: page.items.map((version, place) => ({ version, before: page.items[place + 1] })) };
  };
  return pagedList(load, versionLine, () => null, t("activity.versions"));
}

function statusOf({ status }) {
  return { status };
}

function versionLine({ version, before }) {
  const name = [
    t("activity.version", { version: version.version }),
    " ",
    badge(version.status, t(`option.VersionOut.status.${version.status}`)),
  ];
  const changes = before
    ? [
        ...differences(named("StatusIn"), statusOf(before), statusOf(version)),
        ...differences(definitionSpec(), before.definition, version.definition),
      ]
    : [];
  const body = before ? changeList(changes) : valueList(described(definitionSpec(), version.definition));
  return el("li", {}, el("details", {}, el("summary", {}, name), body));
}
