/** The shop's settings. Everybody reads them, owners change them. */

import { at, get, put } from "../api.js";
import { el } from "../dom.js";
import { useZone } from "../format.js";
import { described } from "../forms/differences.js";
import { bodyOf, loadDocument, named, propertiesOf } from "../forms/schema.js";
import { versionedForm } from "../forms/versioned.js";
import { draw, settled } from "../router.js";
import { can, changeShop, myShop } from "../session.js";
import { t } from "../texts.js";
import { toast, filling, head, valueList } from "../ui.js";

const SHOP = "/admin/v1/shops/{shop}";

export function settingsPage(kept) {
  const title = t("nav.settings");
  const form = can("owner")
    ? settingsForm(kept)
    : { node: el("section", { class: "card" }, filling(loadDocument, asList)) };
  const waiting = myShop().next_timezone;
  const notice = waiting && el("p", { class: "notice" }, t("settings.zone_waits", { zone: waiting }));
  const about = t(can("owner") ? "settings.about" : "settings.about_reader");
  return { ...form, title, node: el("div", {}, head(title, { about }), notice, form.node) };
}

function settingsForm(kept) {
  const path = at`/admin/v1/shops/${myShop().id}`;
  return versionedForm({
    kept,
    spec: settingsSpec,
    load: async () => {
      const shop = await get(path);
      return { version: shop.version, value: settingsOf(shop) };
    },
    save: (settings, version) => put(path, { based_on: version, settings }),
    prefix: "/settings",
    submit: t("form.review"),
    consequences: [t("settings.change_about")],
    onsaved: (shop) => {
      settled();
      changeShop(shop);
      useZone(shop.timezone);
      draw();
      toast(t("form.saved", { version: shop.version }));
    },
  });
}

function settingsSpec() {
  return propertiesOf(bodyOf("put", SHOP)).find(({ name }) => name === "settings");
}

/** Of what the API tells of a shop, what can be set. A zone that waits for midnight is the one that was set last. */
function settingsOf(shop) {
  const now = { ...shop, timezone: shop.next_timezone ?? shop.timezone };
  return Object.fromEntries(propertiesOf(settingsSpec()).map(({ name }) => [name, now[name]]));
}

function asList() {
  return valueList(described(named("ShopSettings"), settingsOf(myShop())));
}
