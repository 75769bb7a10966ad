/** All activities of the shop, by state. */

import { at, get } from "../api.js";
import { el } from "../dom.js";
import { loadDocument, named, optionOf, propertiesOf, variantFor } from "../forms/schema.js";
import { can } from "../session.js";
import { titleOf } from "../status.js";
import { t } from "../texts.js";
import { badge, emptyState, head, link, pagedList } from "../ui.js";

export function activitiesPage() {
  const create = can("editor") && link("/activities/new", t("activities.new"), "button main");
  const load = async (cursor) => {
    await loadDocument();
    return get(`/activities/v1/admin/activities?${new URLSearchParams({ limit: "50", ...(cursor && { cursor }) })}`);
  };
  const none = () =>
    emptyState(
      t("activities.empty"),
      t(can("editor") ? "activities.empty_text" : "activities.empty_viewer"),
      can("editor") && link("/activities/new", t("activities.new"), "button main"),
    );
  const list = pagedList(load, line, none, t("nav.activities"));
  return {
    title: t("nav.activities"),
    node: el("div", {}, head(t("nav.activities"), { aside: create, about: t("activities.about") }), list),
  };
}

function line(activity) {
  const status = activity.status_now;
  return el(
    "li",
    { class: "line" },
    el(
      "div",
      {},
      link(at`/activities/${activity.id}`, titleOf(activity), "name"),
      el("p", { class: "soft" }, kindOfActivity(activity)),
    ),
    el(
      "div",
      { class: "meta" },
      el("span", { class: "soft" }, t("activity.version", { version: activity.version })),
      badge(status, t(`option.VersionOut.status.${status}`)),
    ),
  );
}

/** What kind it is, in the catalogue's words. */
function kindOfActivity({ definition }) {
  const spec = propertiesOf(named("VersionOut")).find(({ name }) => name === "definition");
  const shape = spec.kind === "variant" ? variantFor(spec, definition) : spec;
  return optionOf(
    propertiesOf(shape).find(({ name }) => name === "kind"),
    definition.kind,
  );
}
