/**
 * A form over something with versions: what changes is shown before it is saved; what somebody else saved meanwhile
 * is loaded without losing what was typed.
 */

import { el, show } from "../dom.js";
import { confirmed } from "../dialog.js";
import { t } from "../texts.js";
import { announce, button, changeList, fill, trouble, uncertainty } from "../ui.js";
import { combined, differences, same } from "./differences.js";
import { makeForm } from "./form.js";
import { loadDocument } from "./schema.js";

/**
 * `load()` gives {version, value}; `save(value, version)` writes; `spec()` is asked for when the API document is there.
 * `prefix` is where the value stands in the request's body. `kept` is what keep() gave before the page was drawn anew.
 * `extra(state)` is what stands beside the button; `state.form` is there once it is drawn.
 */
export function versionedForm({ spec, load, save, prefix, submit, consequences, onsaved, kept, extra = null }) {
  const node = el("div", {});
  const state = { base: kept?.base ?? null, typed: kept?.typed, merged: kept?.merged ?? [], form: null };

  const draw = () => {
    const notice = el("div", { class: "notices", "aria-live": "polite" }, meanwhile(state.merged));
    state.form = makeForm({
      spec: spec(),
      value: state.typed ?? state.base.value,
      submit,
      onsubmit: (value) => submitted(value, notice),
      extra: extra?.(state),
    });
    state.start ??= kept?.start ?? state.form.read();
    return [notice, state.form.node];
  };
  const submitted = async (value, notice) => {
    show(notice);
    const changes = differences(spec(), state.base.value, value);
    if (changes.length === 0) return show(notice, el("p", { class: "notice" }, t("form.unchanged")));
    try {
      const saved = await confirmed(preview(changes, value));
      if (saved !== undefined) onsaved(saved);
    } catch (failure) {
      refused(failure, notice);
    }
  };
  const preview = (changes, value) => ({
    title: t("form.preview", { version: state.base.version + 1 }),
    body: [changeList(changes), consequences.map((sentence) => el("p", { class: "soft" }, sentence))],
    yes: t("form.save"),
    no: t("form.on"),
    act: () => save(value, state.base.version),
    handles: ({ status }) => status === 422 || status === 409,
  });
  const refused = (failure, notice) => {
    if (failure.status === 422)
      return state.form.showErrors(
        failure.errors.length ? failure.errors : [{ pointer: "", message: failure.detail }],
        prefix,
      );
    if (failure.status !== 409) return show(notice, trouble(failure), uncertainty(failure));
    const again = button(t("form.reload"), { kind: "main" }, () => merge(notice));
    show(
      notice,
      el(
        "div",
        { class: "trouble", role: "alert" },
        el("p", {}, failure.detail),
        el("p", {}, t("form.reload_about")),
        again,
      ),
    );
    again.focus();
  };
  const merge = async (notice) => {
    try {
      const fresh = await load();
      const old = state.base.value;
      state.merged = differences(spec(), old, fresh.value);
      state.typed = combined(old, state.form.read(), fresh.value);
      Object.assign(state, { base: fresh, start: fresh.value });
      show(node, draw());
      announce(t("form.reloaded", { version: fresh.version }));
      node.querySelector(".notice")?.focus();
    } catch (failure) {
      if (failure.name !== "Failure") throw failure;
      notice.append(trouble(failure));
    }
  };
  const meanwhile = (changes) =>
    changes.length > 0 &&
    el(
      "div",
      { class: "notice", tabindex: "-1" },
      el("p", {}, t("form.merged", { version: state.base.version })),
      changeList(changes),
    );

  fill(node, async () => [await loadDocument(), (state.base ??= await load())], draw);
  return {
    node,
    isDirty: () => state.form !== null && !same(state.form.read(), state.start),
    keep: () => state.form && { base: state.base, typed: state.form.read(), merged: state.merged, start: state.start },
  };
}

/** A form that makes something new: `create(value)`; its failures are shown above the form. */
export function creatingForm({ spec, submit, create, kept = undefined }) {
  const notice = el("div", { class: "notices" });
  const box = el("div", {});
  const state = { form: null, start: kept?.start };
  const onsubmit = async (value) => {
    show(notice);
    try {
      await create(value);
    } catch (failure) {
      if (failure.name !== "Failure") throw failure;
      if (failure.status === 422 && failure.errors.length) state.form.showErrors(failure.errors);
      else show(notice, trouble(failure), uncertainty(failure));
    }
  };
  const draw = (value) => {
    state.form = makeForm({ spec: spec(), value, submit, onsubmit });
    state.start ??= state.form.read();
    return state.form.node;
  };
  fill(box, loadDocument, () => draw(kept?.typed));
  return {
    node: el("div", {}, notice, box),
    clear: () => [(state.start = undefined), show(box, draw(undefined))],
    isDirty: () => state.form !== null && !same(state.form.read(), state.start),
    keep: () => state.form && { typed: state.form.read(), start: state.start },
  };
}
