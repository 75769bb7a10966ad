/** The switch between the languages. */

import { el, freshId } from "./dom.js";
import { LANGUAGES, NAMES, language, speak, t } from "./texts.js";

/** Radio buttons, one a language. `onchange` hears when the new catalogue is there. */
export function languageSwitch(onchange) {
  const group = freshId("language");
  const choice = (code) => {
    const input = el("input", { type: "radio", name: group, value: code, checked: code === language() });
    input.addEventListener("change", async () => {
      try {
        await speak(code);
      } catch {
        input.checked = false; // no connection: the present language stays
        return;
      }
      onchange();
      document.querySelector(`.languages input[value="${code}"]`)?.focus();
    });
    return el("label", { lang: code }, input, el("span", {}, NAMES[code]));
  };
  return el(
    "fieldset",
    { class: "languages" },
    el("legend", { class: "unseen" }, t("nav.language")),
    el("div", {}, LANGUAGES.map(choice)),
  );
}
