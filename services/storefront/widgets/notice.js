/** What a widget says of a failure: why, what next, and a button where that helps. */

import { h } from "./dom.js";
import { isWorthRetrying, nextStepOf, reasonOf } from "./failure.js";

/** The notice in `widget` of `failure`; without `retry` it has no button for that. */
export function notice(widget, failure, retry) {
  const { t } = widget;
  const next = nextStepOf(failure, t, (at) => widget.moment(at), widget.constructor.nextSteps);
  const login = failure.status === 401 && widget.login;
  const look = { type: "button", class: "button plain small", part: "button retry", onclick: retry };
  const again = retry && isWorthRetrying(failure) && h("button", look, t("action.retry"));
  return h(
    "div",
    { key: "problem", class: "notice alert", part: "notice", role: "alert" },
    h("p", {}, widget.join(reasonOf(failure, t), next)),
    login ? widget.loginLink() : again,
  );
}
