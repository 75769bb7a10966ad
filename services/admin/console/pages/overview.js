/** The day at a glance. */

import { all, get } from "../api.js";
import { now } from "../clock.js";
import { el } from "../dom.js";
import { day, weekday } from "../format.js";
import { can, me, myShop } from "../session.js";
import { titleOf } from "../status.js";
import { pick, t } from "../texts.js";
import { badge, filling, head, link } from "../ui.js";
import { noScores, rateLine } from "../score-parts.js";

export function overviewPage() {
  const { name, role } = me();
  const about = t("overview.greeting", { name, role: t(`role.${role}`) });
  const title = pick(myShop().name);
  const cards = el("div", { class: "cards" }, activitiesCard(), scoreCard());
  const today = el("p", { class: "today" }, t("overview.today", { day: weekday(now()), zone: myShop().timezone }));
  return { title: t("nav.overview"), node: el("div", {}, head(title, { about }), today, cards, nextSteps()) };
}

function activitiesCard() {
  const body = filling(
    () => all("/activities/v1/admin/activities"),
    (items) => (items.length ? activityLines(items) : noActivities()),
  );
  return el("section", { class: "card" }, el("h2", {}, t("overview.activities")), body);
}

function activityLines(items) {
  const live = items.filter((item) => item.status_now === "live");
  const drafts = items.filter((item) => item.status_now === "draft");
  return [
    el("p", { class: "figure" }, el("b", {}, String(live.length)), " ", t("overview.live", { count: live.length })),
    live.length > 0 &&
      el(
        "ul",
        { class: "lines" },
        live.map((item) =>
          el(
            "li",
            {},
            link(`/activities/${encodeURIComponent(item.id)}`, titleOf(item)),
            badge("live", t("option.VersionOut.status.live")),
          ),
        ),
      ),
    live.length === 0 && el("p", { class: "soft" }, t(drafts.length ? "overview.publish_draft" : "overview.none_live")),
    el("p", {}, link("/activities", t("overview.all_activities"))),
  ];
}

function noActivities() {
  return [
    el("p", {}, t(can("editor") ? "activities.empty_text" : "activities.empty_viewer")),
    can("editor") && el("p", {}, link("/activities/new", t("activities.new"), "button main")),
  ];
}

function scoreCard() {
  const body = filling(
    () => get("/compliance/v1/admin/scores?limit=1"),
    ({ items: [latest] }) =>
      latest
        ? [
            rateLine(latest.reply),
            el("p", { class: "soft" }, day(latest.date)),
            el("p", {}, link(`/score/${latest.date}`, t("overview.score_more"))),
          ]
        : noScores(),
  );
  return el("section", { class: "card" }, el("h2", {}, t("overview.score")), body);
}

function nextSteps() {
  const steps = [
    ["/activities", "nav.activities", "overview.step_activities", "viewer"],
    ["/rewards", "nav.rewards", "overview.step_rewards", "viewer"],
    ["/redemptions", "nav.redemptions", "overview.step_redemptions", "viewer"],
    ["/customers", "nav.customers", "overview.step_customers", "viewer"],
    ["/report", "nav.report", "overview.step_report", "viewer"],
    ["/policy", "nav.policy", "overview.step_policy", "viewer"],
    ["/score", "nav.score", "overview.step_score", "viewer"],
    ["/keys", "nav.keys", "overview.step_keys", "owner"],
    ["/settings", "nav.settings", "overview.step_settings", "viewer"],
    ["/audit", "nav.audit", "overview.step_audit", "owner"],
  ];
  const shown = steps.filter(([, , , role]) => can(role));
  const step = ([path, title, about]) =>
    el("li", {}, link(path, el("b", {}, t(title))), el("p", { class: "soft" }, t(about)));
  return el(
    "nav",
    { class: "steps", "aria-label": t("overview.steps") },
    el("h2", {}, t("overview.steps")),
    el("ul", {}, shown.map(step)),
  );
}
