/** What can be done about something with a status: the buttons, and the question before each. */

import { post } from "../api.js";
import { confirmed } from "../dialog.js";
import { el } from "../dom.js";
import { draw } from "../router.js";
import { stepsFrom, titleOf } from "../status.js";
import { t } from "../texts.js";
import { button, link, toast } from "../ui.js";

/** The buttons for `item`: `path` is its own, `edit` the page that changes it, `text(step)` what a step means. */
export function stepButtons(item, { path, edit, text }) {
  const steps = stepsFrom(item);
  const change = steps.length > 0 && link(edit, t("activity.edit"), "button");
  const made = steps.map(({ step, status }) =>
    button(t(`step.${step}`), { kind: kindOfStep(step) }, () => take(item, { step, status, path, text })),
  );
  return made.length > 0 && el("div", { class: "actions top" }, made.slice(0, 1), change, made.slice(1));
}

function kindOfStep(step) {
  if (step === "publish" || step === "resume") return "main";
  return step === "pause" ? "quiet" : "quiet risky";
}

async function take(item, { step, status, path, text }) {
  const done = await confirmed({
    title: t(`step.${step}_title`, { title: titleOf(item) }),
    body: el("p", {}, text(step, status)),
    yes: t(`step.${step}_yes`),
    dangerous: step === "end" || step === "discard",
    act: () => post(`${path}/status`, { status }),
  });
  if (done === undefined) return;
  draw();
  toast(t(`step.${step}_done`));
}
