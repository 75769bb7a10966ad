/** All pages: which address shows which, and which of them stand in the menu. */

import { activitiesPage } from "./pages/activities.js";
import { activityPage } from "./pages/activity.js";
import { editActivityPage, newActivityPage } from "./pages/activity-form.js";
import { auditPage } from "./pages/audit.js";
import { codesPage } from "./pages/codes.js";
import { conversationPage } from "./pages/conversation.js";
import { customerPage, customersPage } from "./pages/customers.js";
import { deliveryPage } from "./pages/delivery.js";
import { keysPage } from "./pages/keys.js";
import { customerOrdersPage, orderPage, ordersPage } from "./pages/orders.js";
import { overviewPage } from "./pages/overview.js";
import { policyPage } from "./pages/policy.js";
import { redemptionsPage } from "./pages/redemptions.js";
import { editRewardPage, newRewardPage } from "./pages/reward-form.js";
import { reportPage } from "./pages/report.js";
import { rewardPage } from "./pages/reward.js";
import { rewardsPage } from "./pages/rewards.js";
import { scorePage, scoresPage } from "./pages/score.js";
import { settingsPage } from "./pages/settings.js";
import { el } from "./dom.js";
import { can } from "./session.js";
import { t } from "./texts.js";
import { emptyState, head, link } from "./ui.js";

const SECTIONS = [
  { path: "/", section: "", title: "nav.overview", role: "viewer" },
  { path: "/activities", section: "activities", title: "nav.activities", role: "viewer" },
  { path: "/orders", section: "orders", title: "nav.orders", role: "viewer" },
  { path: "/rewards", section: "rewards", title: "nav.rewards", role: "viewer" },
  { path: "/redemptions", section: "redemptions", title: "nav.redemptions", role: "viewer" },
  { path: "/customers", section: "customers", title: "nav.customers", role: "viewer" },
  { path: "/report", section: "report", title: "nav.report", role: "viewer" },
  { path: "/policy", section: "policy", title: "nav.policy", role: "viewer" },
  { path: "/score", section: "score", title: "nav.score", role: "viewer" },
  { path: "/keys", section: "keys", title: "nav.keys", role: "owner" },
  { path: "/settings", section: "settings", title: "nav.settings", role: "viewer" },
  { path: "/audit", section: "audit", title: "nav.audit", role: "owner" },
];

/** The menu for this operator. */
export function sections() {
  return SECTIONS.filter(({ role }) => can(role)).map((entry) => ({ ...entry, title: t(entry.title) }));
}

/** The routes, the page for everything else last. */
export function pages() {
  return [
    ["/", overviewPage],
    ["/activities", activitiesPage],
    ["/activities/new", only("editor", newActivityPage)],
    ["/activities/*", activityPage],
    ["/activities/*/edit", only("editor", editActivityPage)],
    ["/orders", () => ordersPage()],
    ["/orders/of/*", customerOrdersPage],
    ["/orders/*", orderPage],
    ["/rewards", rewardsPage],
    ["/rewards/new", only("editor", newRewardPage)],
    ["/rewards/*", rewardPage],
    ["/rewards/*/edit", only("editor", editRewardPage)],
    ["/rewards/*/codes", codesPage],
    ["/delivery", only("owner", deliveryPage)],
    ["/redemptions", () => redemptionsPage()],
    ["/redemptions/*", (reward) => redemptionsPage(reward)],
    ["/customers", () => customersPage()],
    ["/customers/*", customerPage],
    ["/report", reportPage],
    ["/policy", policyPage],
    ["/score", scoresPage],
    ["/score/*", scorePage],
    ["/score/*/*", conversationPage],
    ["/keys", only("owner", keysPage)],
    ["/settings", settingsPage],
    ["/audit", only("owner", auditPage)],
    ["/nowhere", nowherePage],
  ];
}

function only(role, page) {
  return (...args) => (can(role) ? page(...args) : notAllowedPage(role));
}

function notAllowedPage(role) {
  const words = emptyState(
    t("denied.title"),
    t("denied.text", { role: t(`role.${role}`) }),
    link("/", t("nowhere.next"), "button"),
  );
  return { title: t("denied.title"), node: el("div", {}, head(t("denied.head")), words) };
}

function nowherePage() {
  const words = emptyState(t("nowhere.title"), t("nowhere.text"), link("/", t("nowhere.next"), "button"));
  return { title: t("nowhere.title"), node: el("div", {}, head(t("nowhere.head")), words) };
}
