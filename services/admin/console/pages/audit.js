/** Who changed what. */

import { at, get } from "../api.js";
import { el } from "../dom.js";
import { moment } from "../format.js";
import { described, differences } from "../forms/differences.js";
import { loadDocument, named } from "../forms/schema.js";
import { me } from "../session.js";
import { has, t } from "../texts.js";
import { changeList, emptyState, head, link, pagedList, valueList } from "../ui.js";

/** What the values of an entry are, by what it is about. Others are told by the names they have. */
const SHAPES = {
  activity: "VersionOut",
  reward: "RewardVersionOut",
  shop: "ShopSettings",
  key: "NewKeyIn",
  operator: "NewOperatorIn",
};
/** The same, by what was done, where that decides. */
const SHAPES_OF_ACTIONS = { "policy.changed": "PolicyIn", "delivery.changed": "DeliveryIn" };
/** What a value that stands alone says. */
const LONE = { codes_added: "codes", failed: "reason" };

export function auditPage() {
  let names = null;
  const load = async (cursor) => {
    names ??= await namesOfOperators();
    await loadDocument();
    return get(`/admin/v1/audit?${new URLSearchParams({ limit: "20", ...(cursor && { cursor }) })}`);
  };
  const none = () =>
    emptyState(t("audit.empty"), t("audit.empty_text"), link("/activities", t("nav.activities"), "button"));
  const list = pagedList(load, (entry) => line(entry, names), none, t("nav.audit"));
  return { title: t("nav.audit"), node: el("div", {}, head(t("nav.audit"), { about: t("audit.about") }), list) };
}

async function namesOfOperators() {
  const { items } = await get("/admin/v1/operators");
  return new Map(items.map(({ id, name }) => [`operator:${id}`, name]));
}

function line(entry, names) {
  const action = has(`action.${entry.action}`) ? t(`action.${entry.action}`) : entry.action;
  return el(
    "li",
    { class: "entry" },
    el("p", { class: "name" }, action, " ", target(entry, names)),
    el("p", { class: "soft small" }, `${who(entry.who, names)} · ${moment(entry.at)}`),
    content(entry),
  );
}

function who(written, names) {
  if (written === `operator:${me().id}`) return t("audit.you", { name: me().name });
  if (names.has(written)) return names.get(written);
  if (written.startsWith("operator:"))
    return t("audit.former", { id: written.slice("operator:".length, "operator:".length + 6) });
  return has(`who.${written}`) ? t(`who.${written}`) : written;
}

function target({ target: written, after, before }, names) {
  const [sort, ...rest] = written.split(":");
  const id = rest.join(":");
  if (sort === "activity") return link(at`/activities/${id}`, id);
  if (sort === "reward") return link(at`/rewards/${id}`, id);
  if (sort === "customer") return link(at`/customers/${id}`, id);
  if (sort === "redemption") return "";
  if (sort === "operator") return names.get(written) ?? (after ?? before)?.name ?? "";
  return sort === "shop" ? "" : el("code", {}, id);
}

function content({ action, target: written, before, after }) {
  const name = SHAPES_OF_ACTIONS[action] ?? SHAPES[written.split(":")[0]];
  const spec = (name && named(name)) || { kind: "unknown" };
  if (before === null && after === null) return null;
  const alone = LONE[action.split(".").at(-1)];
  const lone = alone && after !== null && typeof after !== "object";
  const told = lone ? { [alone]: after } : after;
  const shown = before === null ? [] : differences(spec, before, told ?? undefined);
  const body = before === null ? valueList(described(lone ? { kind: "unknown" } : spec, told)) : changeList(shown);
  const words = before === null ? t("audit.values") : t("audit.changes", { count: shown.length });
  return el("details", {}, el("summary", {}, words), body);
}
