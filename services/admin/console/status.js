/** What an operator can do about an activity or a reward, and what the shop calls it. */

import { pick } from "./texts.js";

/** What can be done with it now, the first first: {step, status}, the status being the one it leads to. */
export function stepsFrom({ status_now: from, next_statuses: following }) {
  return following.map((status) => ({ step: stepTo(status, from), status }));
}

function stepTo(status, from) {
  if (status === "paused") return "pause";
  if (status === "ended") return from === "draft" ? "discard" : "end";
  return from === "paused" ? "resume" : "publish";
}

/** What the shop calls it. */
export function titleOf({ id, definition }) {
  return pick(definition.title) || id;
}
