/** Signing in with an operator key. On the local stack the demo shop's own key is at hand. */

import { askLocal, at, get, isLocal } from "../api.js";
import { el, freshId, show } from "../dom.js";
import { languageSwitch } from "../languages.js";
import * as session from "../session.js";
import { t } from "../texts.js";
import { busy, button, trouble } from "../ui.js";

/**
 * Enter with the key of this tab, or on the local stack with the demo's. Resolves to why that was not possible: the
 * key of a sentence, or a Failure; null when the operator is in or there is no key.
 */
export async function tryKept() {
  const kept = session.key() ?? (session.leftByChoice() ? null : await demoKey());
  if (kept === null) return null;
  try {
    await enterWith(kept);
    return null;
  } catch (failure) {
    if (failure.name !== "Failure") throw failure;
    if (failure.status === 401) session.forget();
    return failure.status === 401 ? "signin.ended" : failure;
  }
}

async function demoKey() {
  return isLocal() ? ((await askLocal("/_local/operator"))?.operator_key ?? null) : null;
}

async function enterWith(key) {
  session.keep(key);
  const who = await get("/admin/v1/operators/me");
  session.enter(who, await get(at`/admin/v1/shops/${who.shop}`));
}

/** The page. `problem` is why it is shown: the key of a sentence, a Failure, or null. */
export function signIn({ problem, onenter, onlanguage }) {
  document.title = t("signin.title");
  const said = el("div", { "aria-live": "polite" });
  const input = el("input", {
    id: freshId("key"),
    type: "password",
    name: "operator-key",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "key-hint",
  });
  const submit = el("button", { type: "submit", class: "main" }, t("signin.enter"));
  const enter = async (key) => {
    show(said);
    input.removeAttribute("aria-invalid");
    try {
      await enterWith(key);
      onenter();
    } catch (failure) {
      if (failure.name !== "Failure") throw failure;
      show(said, refusal(failure));
      if (failure.status === 401) input.setAttribute("aria-invalid", "true");
      input.focus();
    }
  };
  const onsubmit = (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (key === "") (show(said, el("div", { class: "trouble", role: "alert" }, t("signin.empty"))), input.focus());
    else busy(submit, () => enter(key));
  };
  if (problem)
    show(
      said,
      typeof problem === "string"
        ? el("div", { class: "trouble", role: "alert" }, t(problem))
        : trouble(problem, () => location.reload()),
    );
  return el(
    "main",
    { class: "signin" },
    el("div", { class: "corner" }, languageSwitch(onlanguage)),
    el("form", { class: "card", novalidate: true, onsubmit }, [
      el("img", { src: "./art/leaf.svg", alt: "", width: 48, height: 48 }),
      el("h1", { tabindex: "-1" }, t("signin.title")),
      el("p", { class: "soft" }, t("signin.about")),
      said,
      el("div", { class: "field" }, [
        el("label", { for: input.id }, t("signin.key")),
        input,
        el("p", { id: "key-hint", class: "hint" }, t("signin.hint")),
      ]),
      el("div", { class: "actions" }, submit, isLocal() && demoButton(enter, said)),
    ]),
  );
}

function demoButton(enter, said) {
  return button(t("signin.demo"), {}, async () => {
    const key = await demoKey();
    if (key === null) show(said, el("div", { class: "trouble", role: "alert" }, t("signin.no_demo")));
    else await enter(key);
  });
}

function refusal(failure) {
  if (failure.status === 401) return el("div", { class: "trouble", role: "alert" }, t("signin.refused"));
  return trouble(failure);
}
