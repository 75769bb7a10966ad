/** What the shop has decided about points. Everybody reads it and may try changes; owners decide. */

import { get, post, put } from "../api.js";
import { el, freshId, show } from "../dom.js";
import { day, money } from "../format.js";
import { makeForm } from "../forms/form.js";
import { described } from "../forms/differences.js";
import { without } from "../forms/nested.js";
import { bodyOf, loadDocument, propertiesOf } from "../forms/schema.js";
import { versionedForm } from "../forms/versioned.js";
import { draw, settled } from "../router.js";
import { can } from "../session.js";
import { t } from "../texts.js";
import { badge, button, facts, filling, head, link, toast, trouble, valueList } from "../ui.js";

const POLICY = "/points/v1/admin/policy";
const PREVIEW = `${POLICY}/preview`;

export function policyPage(kept) {
  const title = t("nav.policy");
  const about = t(can("owner") ? "policy.about" : "policy.about_reader");
  const history = can("owner") && el("p", { class: "soft" }, link("/audit", t("policy.history")));
  if (!can("owner")) return { title, node: el("div", {}, head(title, { about }), filling(read, asList)) };
  const trial = trying();
  const form = policyForm(kept, trial);
  return { ...form, title, node: el("div", {}, head(title, { about }), form.node, trial.node, history) };
}

async function read() {
  const [found] = await Promise.all([get(POLICY), loadDocument()]);
  return found;
}

function asList({ policy }) {
  return el("section", { class: "card" }, valueList(described(policySpec(), policy)));
}

function policySpec() {
  return propertiesOf(bodyOf("put", POLICY)).find(({ name }) => name === "policy");
}

function policyForm(kept, trial) {
  return versionedForm({
    kept,
    spec: policySpec,
    load: async () => {
      const { policy, version } = await get(POLICY);
      return { version, value: policy };
    },
    save: (policy, version) => put(POLICY, { based_on: version, policy }),
    prefix: "/policy",
    submit: t("form.review"),
    consequences: [t("policy.change_about")],
    extra: (state) => button(t("policy.preview"), {}, () => trial.run(state)),
    onsaved: ({ version }) => {
      settled();
      draw();
      toast(t("form.saved", { version }));
    },
  });
}

/** The card that says what the form, as it stands, would mean. */
function trying() {
  const box = el("div", {});
  const result = el("div", { class: "filling", role: "status" });
  const node = el(
    "section",
    { class: "card", id: freshId("trial"), tabindex: "-1" },
    el("h2", {}, t("policy.preview_title")),
    el("p", { class: "soft" }, t("policy.preview_about")),
    box,
    result,
  );
  let latest = null;
  let form = null;
  const preview = async (order) => {
    const policy = latest?.form?.read();
    if (policy === undefined) return;
    try {
      show(result, outcome(await post(PREVIEW, { policy, ...order }), order));
    } catch (failure) {
      if (failure.name !== "Failure") throw failure;
      refused(failure);
    }
  };
  const refused = (failure) => {
    const [ofPolicy, others] = split(failure.errors, ({ pointer }) => pointer.startsWith("/policy"));
    if (failure.errors.length === 0) return show(result, trouble(failure));
    show(result);
    if (others.length > 0) form.showErrors(others);
    if (ofPolicy.length > 0) latest.form.showErrors(ofPolicy, "/policy");
  };
  const start = () => {
    form = makeForm({ spec: orderSpec(), value: undefined, submit: t("policy.preview_run"), onsubmit: preview });
    show(box, form.node);
  };
  return {
    node,
    run: async (state) => {
      latest = state;
      if (form === null) start();
      node.scrollIntoView({ block: "nearest" });
      node.focus({ preventScroll: true });
      await preview(form.read());
    },
  };
}

function split(items, belongs) {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

/** What the preview asks for beside the policy. */
function orderSpec() {
  return without(bodyOf("post", PREVIEW), "policy");
}

function outcome(told, { paid_minor: paid, customer_id: customer }) {
  const { expires, order_points: points, worth_minor: worth, currency, lots } = told;
  const value = worth === null ? "" : ` ≈ ${money(worth, currency)}`;
  return [
    facts([
      [t("policy.expires"), expires === null ? t("policy.never") : day(expires)],
      [t("policy.order", { money: money(paid ?? 0, currency) }), t("points.count", { count: points }) + value],
    ]),
    customer && lotTable(lots, customer),
  ];
}

function lotTable(lots, customer) {
  if (lots.length === 0) return el("p", { class: "soft" }, t("policy.no_lots", { customer }));
  const touched = lots.filter(({ changed }) => changed).length;
  const until = (date) => (date === null ? t("policy.never") : day(date));
  const row = ({ points, now, after, changed }) =>
    el(
      "tr",
      {},
      el("td", {}, t("points.count", { count: points })),
      el("td", {}, until(now)),
      el("td", {}, until(after), " ", changed && badge("pending", t("policy.changed"))),
    );
  const heads = ["policy.lot_points", "policy.lot_now", "policy.lot_after"];
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      {},
      el("caption", {}, t("policy.lots", { count: touched, customer })),
      el("thead", {}, el("tr", {}, heads.map((key) => el("th", { scope: "col" }, t(key))))),
      el("tbody", {}, lots.map(row)),
    ),
  );
}
