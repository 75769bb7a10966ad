/** Where an activity stands, and what an operator can do about it. */

import { pick } from "./texts.js";

/** The status with the opening times applied, as customers meet it. */
export function statusAt({ status, definition }, now) {
  const opens = definition.opens_at ? Date.parse(definition.opens_at) : null;
  const closes = definition.closes_at ? Date.parse(definition.closes_at) : null;
  if (["scheduled", "live", "paused"].includes(status) && closes !== null && now >= closes) return "ended";
  if (status === "scheduled" && opens !== null && now >= opens) return "live";
  if (status === "live" && opens !== null && now < opens) return "scheduled";
  return status;
}

const STEPS = {
  draft: ["publish", "discard"],
  scheduled: ["pause", "end"],
  live: ["pause", "end"],
  paused: ["resume", "end"],
  ended: [],
};

/** What can be done with it now, the first first. */
export function stepsFrom(activity, now) {
  return STEPS[statusAt(activity, now)] ?? [];
}

/** The status that a step asks for. */
export function statusAfter(step, { definition }, now) {
  if (step === "pause") return "paused";
  if (step === "end" || step === "discard") return "ended";
  if (step === "resume") return "live";
  return definition.opens_at && Date.parse(definition.opens_at) > now ? "scheduled" : "live";
}

/** What the shop calls it. */
export function titleOfActivity({ id, definition }) {
  return pick(definition.title) || id;
}
