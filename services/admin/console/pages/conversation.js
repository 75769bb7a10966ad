/** One customer's conversation on one day, with what was not answered in time. */

import { all, at } from "../api.js";
import { el } from "../dom.js";
import { day, span, time } from "../format.js";
import { t } from "../texts.js";
import { emptyState, filling, head, link } from "../ui.js";

export function conversationPage(date, customer) {
  const title = t("chat.title", { customer });
  const path = at`/compliance/v1/admin/scores/${date}/messages`;
  const draw = (items) =>
    items.length
      ? el("ol", { class: "chat", "aria-label": title }, items.map(bubble))
      : emptyState(t("chat.empty"), t("chat.empty_text"), link(at`/score/${date}`, t("chat.back"), "button"));
  const about = /^\d{4}-\d\d-\d\d$/.test(date) ? day(date) : date;
  return {
    title,
    node: el(
      "div",
      {},
      head(title, { back: { path: at`/score/${date}`, label: t("chat.back") }, about }),
      filling(() => all(path, { customer_id: customer }), draw),
    ),
  };
}

function bubble(message) {
  const fault = faultOf(message);
  const side = message.from === "customer" ? "theirs" : "ours";
  return el(
    "li",
    { class: `bubble ${side} ${message.from}${fault ? " missed" : ""}` },
    el("p", { class: "by" }, speaker(message), " ", el("time", { datetime: message.at }, time(message.at))),
    el("p", { class: "text" }, message.text || t("chat.no_text")),
    el("p", { class: "mark" }, fault ?? note(message)),
  );
}

function speaker({ from, agent_id: agent }) {
  return from === "agent" && agent ? t("chat.agent_named", { agent }) : t(`chat.${from}`);
}

/** What is wrong with how a customer's message was answered, or null. */
function faultOf({ from, counted, answered_after_s: after, late }) {
  if (from !== "customer" || !counted) return null;
  if (after === null) return t("chat.never");
  return late ? t("chat.late", { span: span(after) }) : null;
}

function note({ from, counted, answered_after_s: after }) {
  if (from === "bot" || from === "system") return t("chat.not_a_person");
  if (from !== "customer") return null;
  if (!counted) return t("chat.not_counted");
  return after === null ? null : t("chat.in_time", { span: span(after) });
}
