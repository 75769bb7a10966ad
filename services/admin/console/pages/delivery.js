/** Where what was redeemed is handed over to be delivered. Owners name the addresses. */

import { get, put } from "../api.js";
import { el, show } from "../dom.js";
import { bodyOf, propertiesOf } from "../forms/schema.js";
import { versionedForm } from "../forms/versioned.js";
import { draw, settled } from "../router.js";
import { t } from "../texts.js";
import { emptyState, head, link, toast } from "../ui.js";

const DELIVERY = "/points/v1/admin/delivery";

export function deliveryPage(kept) {
  const title = t("deliver.title");
  const notice = el("div", { class: "notices" });
  const back = { path: "/rewards", label: t("nav.rewards") };
  const form = deliveryForm(kept, (found) => show(notice, standing(found)));
  return {
    ...form,
    title,
    node: el("div", {}, head(title, { back, about: t("deliver.about") }), notice, form.node),
  };
}

function deliveryForm(kept, tell) {
  const load = async () => {
    const found = await get(DELIVERY);
    tell(found);
    return { version: found.version, value: found.delivery };
  };
  if (kept) void load().catch(() => {}); // what was typed is drawn without asking again
  return versionedForm({
    kept,
    spec: () => propertiesOf(bodyOf("put", DELIVERY)).find(({ name }) => name === "delivery"),
    load,
    save: (delivery, version) => put(DELIVERY, { based_on: version, delivery }),
    prefix: "/delivery",
    submit: t("form.review"),
    consequences: [t("deliver.change_about")],
    onsaved: ({ version }) => {
      settled();
      draw();
      toast(t("form.saved", { version }));
    },
  });
}

/** Who delivers now, and whether providers have a token, which is never shown. */
function standing({ delivery, has_token: known }) {
  if (!Object.values(delivery).some(Boolean))
    return emptyState(t("deliver.none"), t("deliver.none_text"), link("/redemptions", t("nav.redemptions"), "button"));
  return known && el("p", { class: "notice" }, t("deliver.token"));
}
