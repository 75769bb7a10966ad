/** How well the shop answered on a day, and the customers behind the figure. */

import { at, get } from "../api.js";
import { el, freshId, show } from "../dom.js";
import { day, moment, percent, span } from "../format.js";
import { go } from "../router.js";
import { noScores, penaltySentences, rateBar, rateLine, verdictBadge, verdictSentence } from "../score-parts.js";
import { t } from "../texts.js";
import { emptyState, filling, head, link, pagedList } from "../ui.js";

const ALL = "/compliance/v1/admin/scores";

/** The latest day. */
export function scoresPage() {
  const load = async () => {
    const page = await get(`${ALL}?limit=31`);
    return page.items.length ? { page, score: await get(at`/compliance/v1/admin/scores/${page.items[0].date}`) } : null;
  };
  const body = filling(load, (found) =>
    found ? [scoreOf(found.score), otherDays(found.page, found.score.date)] : noScores(),
  );
  return { title: t("nav.score"), node: el("div", {}, head(t("score.title"), { about: t("score.about") }), body) };
}

/** One day. */
export function scorePage(date) {
  const load = async () => {
    const [score, page] = await Promise.all([
      get(at`/compliance/v1/admin/scores/${date}`).catch(orNull),
      get(`${ALL}?limit=31`),
    ]);
    return { score, page };
  };
  const draw = ({ score, page }) => [
    score
      ? scoreOf(score)
      : emptyState(
          t("score.no_day"),
          t("score.no_day_text", { day: niceDay(date) }),
          link("/score", t("score.latest"), "button"),
        ),
    otherDays(page, date),
  ];
  const title = t("score.title_day", { day: niceDay(date) });
  return {
    title,
    node: el("div", {}, head(title, { back: { path: "/score", label: t("score.latest") } }), filling(load, draw)),
  };
}

function orNull(failure) {
  if (failure.status === 404 || failure.status === 422) return null;
  throw failure;
}

function niceDay(date) {
  return /^\d{4}-\d\d-\d\d$/.test(date) ? day(date) : date;
}

function scoreOf(score) {
  const { reply } = score;
  return [
    el(
      "section",
      { class: "card score" },
      el("h2", {}, day(score.date)),
      rateLine(reply),
      rateBar(reply),
      el("p", {}, verdictSentence(reply)),
      penaltySentences(reply, score.ruleset),
      el(
        "p",
        { class: "soft small" },
        t("score.made", { when: moment(score.scored_at), count: score.messages ?? 0, version: score.ruleset_version }),
      ),
    ),
    score.messages === 0 && el("section", { class: "card" }, noScores(t("score.no_messages"))),
    reply.consulting_users > 0 && el("section", { class: "card" }, el("h2", {}, t("score.users")), users(score)),
  ];
}

function users({ date, reply }) {
  const late = reply.consulting_users - reply.effective_users;
  const box = el("div", {});
  const name = freshId("who");
  const choose = (effective) => show(box, userList(date, effective));
  const choice = (effective, label, count) => {
    const input = el("input", {
      type: "radio",
      name,
      checked: effective === "false",
      onchange: () => choose(effective),
    });
    return el("label", {}, input, el("span", {}, t(label, { count })));
  };
  choose("false");
  return [
    el(
      "fieldset",
      { class: "choices" },
      el("legend", { class: "unseen" }, t("score.filter")),
      el(
        "div",
        {},
        choice("false", "score.late_users", late),
        choice("true", "score.served_users", reply.effective_users),
      ),
    ),
    box,
  ];
}

function userList(date, effective) {
  const path = at`/compliance/v1/admin/scores/${date}/users`;
  const load = (cursor) => get(`${path}?${new URLSearchParams({ effective, limit: "20", ...(cursor && { cursor }) })}`);
  const none = () => el("p", { class: "soft" }, t(effective === "false" ? "score.none_late" : "score.none_served"));
  return pagedList(load, (user) => userLine(date, user), none, t("score.users"));
}

function userLine(date, user) {
  const waited =
    user.worst_wait_s === null
      ? t(user.unanswered ? "score.never" : "score.no_wait")
      : t("score.longest", { span: span(user.worst_wait_s) });
  return el(
    "li",
    { class: "line" },
    el(
      "div",
      {},
      link(at`/score/${date}/${user.customer_id}`, user.customer_id, "name"),
      el("p", { class: "soft small" }, t("score.first_at", { when: moment(user.first_at) })),
    ),
    el(
      "div",
      { class: "meta" },
      el(
        "span",
        {},
        user.effective
          ? t("score.messages", { count: user.messages })
          : t("score.unanswered", { unanswered: user.unanswered, count: user.messages }),
      ),
      el("span", { class: "soft small" }, waited),
    ),
  );
}

function otherDays({ items }, shown) {
  const id = freshId("day");
  const dates = items.map(({ date }) => date);
  const input = el("input", { id, type: "date", value: shown, min: dates.at(-1), max: dates[0] });
  input.addEventListener("change", () => input.value && go(`/score/${input.value}`));
  const row = ({ date, reply }) =>
    el(
      "li",
      { class: "line" },
      el("div", {}, link(`/score/${date}`, day(date), "name")),
      el(
        "div",
        { class: "meta" },
        reply.rate === null ? "—" : percent(reply.rate, reply.min_rate),
        verdictBadge(reply),
      ),
    );
  const others = items.filter(({ date }) => date !== shown);
  return el(
    "section",
    { class: "card" },
    el("h2", {}, t("score.days")),
    el("div", { class: "field short" }, el("label", { for: id }, t("score.pick")), input),
    others.length > 0 && el("ul", { class: "list", "aria-label": t("score.days") }, others.map(row)),
  );
}
