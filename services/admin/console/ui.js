/** The pieces that pages are made of. */

import { el, icon, show } from "./dom.js";
import { me, myShop } from "./session.js";
import { pick, t } from "./texts.js";

const TOAST_MS = 6_000;

const SENTENCES = { network: "failure.network", timeout: "failure.timeout", internal: "failure.internal" };

export const icons = {
  bell: () => icon("M12 4v9", "M12 17.5v.5"),
  tick: () => icon("M5 12.5l4.6 4.7L19.5 7"),
  cross: () => icon("M6 6l12 12", "M18 6 6 18"),
  plus: () => icon("M12 5v14", "M5 12h14"),
  arrow: () => icon("M5 12h13", "M13 6.5 18.5 12 13 17.5"),
  back: () => icon("M19 12H6", "M11 6.5 5.5 12 11 17.5"),
  menu: () => icon("M4 7h16", "M4 12h16", "M4 17h16"),
};

/** Name the page in the browser's title. */
export function entitle(title) {
  document.title = `${title} · ${pick(myShop().name)}`;
}

/** Tell screen readers, and nobody else. */
export function announce(text) {
  show(document.getElementById("announcer"), text);
}

/** Say that something is done, to everybody, for a while. */
export function toast(text) {
  const box = document.getElementById("toast");
  show(box, text);
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => show(box), TOAST_MS);
}

/** Run `work` for a button: while it runs the button shows that it is busy and does nothing. */
export async function busy(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  // aria-disabled, not disabled: the focus stays where it was.
  for (const name of ["aria-busy", "aria-disabled"]) button.setAttribute(name, "true");
  try {
    await work();
  } finally {
    for (const name of ["aria-busy", "aria-disabled"]) button.removeAttribute(name);
  }
}

/** A button. While what it does is under way it cannot be pressed again; what fails is shown beside it. */
export function button(label, { kind = "quiet", symbol = null, name = null }, onclick) {
  const node = el("button", { type: "button", class: kind, "aria-label": name }, symbol, label);
  node.addEventListener("click", () => busy(node, () => onclick(node)));
  return node;
}

/** A link to one of the console's pages. */
export function link(path, label, kind = null) {
  return el("a", { href: `#${path}`, class: kind }, label);
}

/** What went wrong, in words, and a way to try again where that can help. */
export function trouble(failure, retry = null) {
  const sentence = has(failure)
    ? failure.detail
    : t(SENTENCES[failure.code] ?? "failure.unexpected", { status: failure.status });
  const again = retry && button(t("action.retry"), {}, retry);
  return el("div", { class: "trouble", role: "alert" }, el("p", {}, sentence), again);
}

function has(failure) {
  return Boolean(failure.detail);
}

/** The words for a failed request that may have been carried out all the same. */
export function uncertainty(failure) {
  return failure.uncertain ? el("p", { class: "soft" }, t("failure.uncertain")) : null;
}

/** Nothing here yet, and what to do next. */
export function emptyState(title, text, ...actions) {
  const row = actions.flat().filter(Boolean);
  return el(
    "div",
    { class: "empty" },
    el("h2", {}, title),
    el("p", {}, text),
    row.length > 0 && el("div", { class: "actions" }, row),
  );
}

/** Fill `box` with what `load` gives, drawn by `draw`; on a failure with the reason and a retry. */
export async function fill(box, load, draw) {
  box.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => show(box, el("p", { class: "waiting", role: "status" }, t("state.loading"))), 150);
  try {
    const found = await load();
    clearTimeout(waiting);
    // Whoever signed out meanwhile has left the page, and what it is drawn from is gone.
    if (me()) show(box, draw(found));
  } catch (failure) {
    clearTimeout(waiting);
    if (failure.name !== "Failure") throw failure;
    show(
      box,
      trouble(failure, () => fill(box, load, draw)),
    );
  } finally {
    box.removeAttribute("aria-busy");
  }
}

/** A box that fills itself. */
export function filling(load, draw) {
  const box = el("div", { class: "filling" });
  fill(box, load, draw);
  return box;
}

/**
 * A list that comes page by page. `load(cursor)` gives {items, next_cursor}; `row(item)` an element; `none()` what to
 * show when there is nothing at all.
 */
export function pagedList(load, row, none, name) {
  return filling(
    () => load(null),
    (first) => {
      if (first.items.length === 0) return none();
      const list = el("ul", { class: "list", "aria-label": name });
      const foot = el("div", { class: "more" });
      const add = (page) => {
        const fresh = page.items.map(row);
        list.append(...fresh);
        show(foot, page.next_cursor && button(t("action.more"), {}, () => next(page.next_cursor)));
        return fresh[0];
      };
      const next = async (cursor) => {
        try {
          const fresh = add(await load(cursor));
          fresh?.setAttribute("tabindex", "-1");
          fresh?.focus();
        } catch (failure) {
          show(
            foot,
            trouble(failure, () => next(cursor)),
          );
        }
      };
      add(first);
      return [list, foot];
    },
  );
}

/** A page's head: its title, what stands beside it, and the way back. */
export function head(title, { back = null, aside = null, about = null } = {}) {
  return el(
    "header",
    { class: "head" },
    back && el("p", { class: "back" }, link(back.path, [icons.back(), back.label])),
    el("div", { class: "title" }, el("h1", { tabindex: "-1" }, title), aside),
    about && el("p", { class: "about" }, about),
  );
}

/** Values with their names. */
export function facts(pairs, className = "facts") {
  const rows = pairs.filter(Boolean).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  return el("dl", { class: className }, rows);
}

/** A small coloured word. */
export function badge(kind, text) {
  return el("span", { class: `badge ${kind}` }, text);
}

/** Changes as a list: field, before, after. */
export function changeList(changes) {
  const row = ({ labels, before, after }) =>
    el(
      "li",
      {},
      el("span", { class: "what" }, pathInWords(labels)),
      el("span", { class: "from" }, el("span", { class: "unseen" }, t("change.before")), before),
      el("span", { class: "to" }, icons.arrow(), el("span", { class: "unseen" }, t("change.after")), after),
    );
  return el("ul", { class: "changes" }, changes.map(row));
}

/** Values as a list: field, value. */
export function valueList(values) {
  return facts(
    values.map(({ labels, after }) => [pathInWords(labels), after]),
    "facts values",
  );
}

/** Where a field stands, and what it is called. */
function pathInWords(labels) {
  const path = labels.slice(0, -1);
  return [
    path.length > 0 && el("small", { class: "path" }, path.join(" › "), el("span", { class: "unseen" }, " › ")),
    el("span", {}, labels.at(-1)),
  ];
}
