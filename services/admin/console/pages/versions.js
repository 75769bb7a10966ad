/** The versions of something that has versions, and what changed between them. */

import { get } from "../api.js";
import { el } from "../dom.js";
import { described, differences } from "../forms/differences.js";
import { t } from "../texts.js";
import { badge, changeList, pagedList, valueList } from "../ui.js";

/** `path` lists them; `specs` are those of the {definition, status}; `words(status)` is what a status is called. */
export function versionList({ path, specs, words }) {
  const load = async (cursor) => {
    const page = await get(`${path}?${new URLSearchParams({ limit: "20", ...(cursor && { cursor }) })}`);
    return { ...page, items: page.items.map((version, place) => ({ version, before: page.items[place + 1] })) };
  };
  return pagedList(load, (item) => versionLine(item, specs, words), () => null, t("activity.versions"));
}

function statusOf({ status }) {
  return { status };
}

function versionLine({ version, before }, { definition, status }, words) {
  const name = [t("activity.version", { version: version.version }), " ", badge(version.status, words(version.status))];
  const changes = before
    ? [
        ...differences(status, statusOf(before), statusOf(version)),
        ...differences(definition, before.definition, version.definition),
      ]
    : [];
  const body = before ? changeList(changes) : valueList(described(definition, version.definition));
  return el("li", {}, el("details", {}, el("summary", {}, name), body));
}
