/** Who may work for the shop, and which keys its own systems sign with. */

import { get, post, remove } from "../api.js";
import { confirmed, showSecret } from "../dialog.js";
import { el } from "../dom.js";
import { moment } from "../format.js";
import { bodyOf, loadDocument, named, optionOf, propertiesOf } from "../forms/schema.js";
import { creatingForm } from "../forms/versioned.js";
import { me, ROLES } from "../session.js";
import { t } from "../texts.js";
import { badge, button, emptyState, facts, fill, head, toast } from "../ui.js";

const OPERATORS = {
  name: "operator",
  path: "/admin/v1/operators",
  line: ({ id, name, role, created_at }) => ({
    title: name,
    marks: [badge("role", t(`role.${role}`)), id === me().id && badge("you", t("keys.you"))],
    about: t("keys.since", { when: moment(created_at) }),
  }),
};
const KEYS = {
  name: "key",
  path: "/admin/v1/keys",
  line: ({ id, purpose, created_at }) => ({
    title: optionOf(fieldOf("NewKeyIn", "purpose"), purpose),
    marks: [],
    about: `${id} · ${t("keys.since", { when: moment(created_at) })}`,
  }),
};

export function keysPage() {
  const roles = facts(
    ROLES.map((role) => [t(`role.${role}`), t(`role.${role}_about`)]),
    "facts roles",
  );
  const title = t("nav.keys");
  return {
    title,
    node: el(
      "div",
      {},
      head(title, { about: t("keys.about") }),
      section(OPERATORS, el("details", { class: "roles" }, el("summary", {}, t("keys.roles")), roles)),
      section(KEYS),
    ),
  };
}

function section(sort, more = null) {
  const list = el("div", { class: "filling" });
  const refresh = () =>
    fill(
      list,
      async () => [await get(sort.path), await loadDocument()],
      ([{ items }]) => lines(sort, items, refresh),
    );
  refresh();
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t(`${sort.name}.title`)),
    el("p", { class: "soft" }, t(`${sort.name}.about`)),
    more,
    list,
    creation(sort, refresh),
  );
}

function lines(sort, items, refresh) {
  if (items.length === 0) return emptyState(t(`${sort.name}.empty`), t(`${sort.name}.empty_text`));
  return el(
    "ul",
    { class: "list", "aria-label": t(`${sort.name}.title`) },
    items.map((item) => line(sort, item, refresh)),
  );
}

function line(sort, item, refresh) {
  const { title, marks, about } = sort.line(item);
  const remover = button(
    t("action.delete"),
    { kind: "quiet risky", name: t("keys.delete_name", { name: title }) },
    () => withdraw(sort, item, title, refresh),
  );
  return el(
    "li",
    { class: "line" },
    el("div", {}, el("p", { class: "name" }, title, " ", marks), el("p", { class: "soft small" }, about)),
    el("div", { class: "meta" }, remover),
  );
}

function creation(sort, refresh) {
  const box = el("details", { class: "creation" }, el("summary", {}, t(`${sort.name}.new`)));
  const form = creatingForm({
    spec: () => bodyOf("post", sort.path),
    submit: t(`${sort.name}.create`),
    create: async (value) => {
      const { secret } = await post(sort.path, value);
      form.clear();
      box.open = false;
      await Promise.all([
        showSecret({ title: t(`${sort.name}.made`), about: t(`${sort.name}.made_about`), secret }),
        refresh(),
      ]);
      box.firstElementChild.focus();
    },
  });
  box.append(form.node);
  return box;
}

async function withdraw(sort, item, title, refresh) {
  const mine = sort === OPERATORS && item.id === me().id;
  const done = await confirmed({
    title: t(`${sort.name}.delete_title`, { name: title }),
    body: [el("p", {}, t(`${sort.name}.delete_text`)), mine && el("p", { class: "warning" }, t("operator.delete_own"))],
    yes: t(`${sort.name}.delete_yes`),
    dangerous: true,
    act: async () => {
      await remove(`${sort.path}/${encodeURIComponent(item.id)}`);
      return true;
    },
  });
  if (!done) return;
  await refresh();
  toast(t(`${sort.name}.deleted`));
}

function fieldOf(schema, name) {
  return propertiesOf(named(schema)).find((spec) => spec.name === name);
}
