/** A form drawn from a spec: what is typed, what is wrong with it, and a button that sends it once. */

import { el, show } from "../dom.js";
import { t } from "../texts.js";
import { busy } from "../ui.js";
import { fieldFor } from "./nested.js";

/**
 * `onsubmit(value)` gets the value once the page finds nothing wrong. A failure it throws is the caller's to show;
 * `showErrors(errors, prefix)` puts the API's errors where they belong.
 */
export function makeForm({ spec, value, submit, onsubmit, extra = null }) {
  const field = fieldFor({ ...spec, nullable: false }, value, { bare: true });
  const summary = el("div", { class: "summary", role: "alert", tabindex: "-1" });
  const button = el("button", { type: "submit", class: "main" }, submit);
  const node = el(
    "form",
    { class: "form", novalidate: true },
    summary,
    field.node,
    el("div", { class: "actions" }, button, extra),
  );

  const point = (found, loose = []) => {
    field.clear();
    show(summary, found.length + loose.length > 0 && summaryOf(found.length + loose.length, loose));
    for (const { place, message } of found) place.mark(message);
    if (found.length) found[0].place.focus();
    else if (loose.length) summary.focus();
  };
  const submitted = async (event) => {
    event.preventDefault();
    point(field.faults());
    if (!summary.hasChildNodes()) await busy(button, () => onsubmit(field.read()));
  };
  node.addEventListener("submit", submitted);

  return {
    node,
    read: () => field.read(),
    showErrors: (errors, prefix = "") => {
      const placed = errors.map(({ pointer, message }) => ({ place: placeAt(field, pointer, prefix), message }));
      point(
        merged(placed.filter(({ place }) => place)),
        placed.filter(({ place }) => !place).map(({ message }) => message),
      );
    },
  };
}

function placeAt(field, pointer, prefix) {
  if (pointer === prefix || !pointer.startsWith(`${prefix}/`)) return undefined;
  const steps = pointer.slice(prefix.length + 1).split("/");
  return field.find(steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~")));
}

/** Two faults at one place are two sentences there. */
function merged(faults) {
  const messages = new Map();
  for (const { place, message } of faults) messages.set(place, [...(messages.get(place) ?? []), message]);
  return [...messages].map(([place, said]) => ({ place, message: said.join(" ") }));
}

function summaryOf(count, loose) {
  const lines = loose.map((message) => el("li", {}, message));
  return [el("p", {}, t("form.faults", { count })), lines.length > 0 && el("ul", {}, lines)];
}
