/** Questions before something happens, and secrets that are shown once. */

import { el, freshId, show } from "./dom.js";
import { t } from "./texts.js";
import { announce, busy, button, icons, trouble, uncertainty } from "./ui.js";

/**
 * Ask before `act`. Resolves to what `act` gave, or undefined when the operator thought better of it. A failure of
 * `act` is shown in the dialog, unless `handles(failure)`: then the dialog closes and the failure is thrown.
 */
export function confirmed({
  title,
  body,
  yes,
  no = t("action.cancel"),
  dangerous = false,
  act,
  handles = () => false,
}) {
  return new Promise((resolve, reject) => {
    const problem = el("div", {});
    const go = el("button", { type: "button", class: dangerous ? "danger" : "main" }, yes);
    const leave = button(no, {}, () => close(undefined));
    const { dialog, close } = makeDialog(title, [body, problem], [leave, go], {
      settle: resolve,
      mayClose: () => go.getAttribute("aria-busy") !== "true",
    });
    const attempt = async () => {
      show(problem);
      try {
        close(await act());
      } catch (failure) {
        if (failure.name !== "Failure" || handles(failure) || failure.status === 401)
          return [dialog.close(), reject(failure)];
        show(problem, trouble(failure), uncertainty(failure));
      }
    };
    go.addEventListener("click", () => busy(go, attempt));
    dialog.showModal();
    (dangerous ? leave : go).focus();
  });
}

/** Show a secret that cannot be seen again. It does not close by itself: only when the operator says it is kept. */
export function showSecret({ title, about, secret }) {
  return new Promise((resolve) => {
    const field = el("input", {
      type: "text",
      readonly: true,
      class: "secret",
      value: secret,
      "aria-label": t("secret.label"),
    });
    const copy = button(t("secret.copy"), { kind: "main" }, () => copied(field));
    const keep = button(t("secret.kept"), {}, () => close());
    const warning = el("p", { class: "warning" }, icons.bell(), t("secret.once"));
    const body = [el("p", {}, about), warning, el("div", { class: "copy" }, field, copy)];
    const { dialog, close } = makeDialog(title, body, [keep], { settle: resolve, mayClose: () => false });
    dialog.showModal();
    copy.focus();
  });
}

async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    announce(t("secret.copied"));
    show(field.nextElementSibling, icons.tick(), t("secret.copied"));
  } catch {
    announce(t("secret.select")); // no clipboard on this page: the text is selected
    show(field.nextElementSibling, t("secret.select"));
  }
}

function makeDialog(title, body, actions, { settle, mayClose }) {
  const id = freshId("dialog");
  const dialog = el(
    "dialog",
    { "aria-labelledby": id },
    el("h2", { id }, title),
    el("div", { class: "body" }, body),
    el("div", { class: "actions" }, actions),
  );
  let outcome;
  const close = (result) => {
    outcome = result;
    dialog.close();
  };
  dialog.addEventListener("cancel", (event) => mayClose() || event.preventDefault());
  // Escape pressed twice closes without asking.
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && !mayClose() && event.preventDefault());
  dialog.addEventListener("close", () => {
    dialog.remove();
    settle(outcome);
  });
  document.body.append(dialog);
  return { dialog, close };
}
