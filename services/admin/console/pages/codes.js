/** The codes of a reward whose pool of codes is its stock: how many are left, putting in more. */

import { at, get, post } from "../api.js";
import { el, freshId, show } from "../dom.js";
import { can } from "../session.js";
import { titleOf } from "../status.js";
import { t } from "../texts.js";
import { announce, button, emptyState, entitle, filling, head, link, trouble, uncertainty } from "../ui.js";

const AT_ONCE = 1_000; // as many as one request takes
const A_CODE = /^[!-~]{1,64}$/;
const GENERATE_START = 100;

export function codesPage(id) {
  const path = at`/points/v1/admin/rewards/${id}`;
  const load = async () => {
    const [reward, stock] = await Promise.all([get(path), get(`${path}/stock`)]);
    return { reward, stock };
  };
  return { title: t("reward.codes"), node: el("div", {}, filling(load, (found) => drawn(id, path, found))) };
}

function drawn(id, path, { reward, stock }) {
  const title = t("codes.title", { title: titleOf(reward) });
  entitle(title);
  const top = head(title, { back: { path: at`/rewards/${id}`, label: t("reward.back") }, about: t("codes.about") });
  if (stock.codes === null) {
    const change = link(at`/rewards/${id}/edit`, t("activity.edit"), "button");
    return [top, emptyState(t("codes.none"), t("codes.none_text"), can("editor") && change)];
  }
  const left = el("p", { class: "figure", role: "status" });
  const result = el("div", { class: "notices", role: "status" });
  const tell = (count) => show(left, el("b", {}, t("rewards.left", { count })));
  tell(stock.codes);
  const pool = {
    path: `${path}/codes`,
    result,
    refresh: async () => tell((await get(`${path}/stock`)).codes),
  };
  return [
    top,
    card("reward.stock", left, stock.codes === 0 && el("p", {}, t("codes.out"))),
    can("editor") && card("codes.add", result, pasting(pool), generating(pool)),
  ];
}

function card(title, ...kids) {
  return el("section", { class: "card" }, el("h2", {}, t(title)), ...kids);
}

function pasting(pool) {
  const id = freshId("codes");
  const area = el("textarea", { id, rows: 8, spellcheck: "false", autocapitalize: "none", autocomplete: "off" });
  const file = el("input", { id: freshId("file"), type: "file", accept: ".txt,.csv,text/plain,text/csv" });
  file.addEventListener("change", async () => {
    if (file.files.length > 0) area.value = await file.files[0].text();
  });
  const empty = () => (area.value = "");
  const add = button(t("codes.put_in"), { kind: "main" }, () => putIn(linesOf(area.value), pool, empty));
  return el(
    "div",
    { class: "form" },
    el(
      "div",
      { class: "field wide" },
      el("label", { for: id }, t("codes.list")),
      area,
      el("p", { class: "hint" }, t("codes.list_hint")),
    ),
    el("div", { class: "field" }, el("label", { for: file.id }, t("codes.file")), file),
    el("div", { class: "actions" }, add),
  );
}

function generating(pool) {
  const id = freshId("generate");
  const count = el("input", { id, type: "text", inputmode: "numeric", class: "number", value: GENERATE_START });
  const make = button(t("codes.generate"), {}, async () => {
    const wanted = /^\d+$/.test(count.value.trim()) ? Number(count.value) : 0;
    if (wanted < 1 || wanted > AT_ONCE) return refuse(pool, el("p", {}, t("codes.how_many", { most: AT_ONCE })));
    await attempt(pool, async () => {
      const { added } = await post(pool.path, { generate: wanted });
      await report(pool, added, []);
    });
  });
  const field = el("div", { class: "field" }, el("label", { for: id }, t("codes.number")), count);
  const body = el("div", { class: "form" }, field, el("div", { class: "actions" }, make));
  return el("details", { class: "creation" }, el("summary", {}, t("codes.make")), body);
}

/** The codes with the numbers of their lines; of a table only the first column. */
function linesOf(text) {
  const lines = text.split(/\r?\n/).map((line, place) => ({ number: place + 1, code: line.split(/[,;\t]/)[0].trim() }));
  return lines.filter(({ code }) => code !== "");
}

async function putIn(lines, pool, done) {
  if (lines.length === 0) return refuse(pool, el("p", {}, t("codes.nothing")));
  const { good, refused } = sorted(lines);
  const rest = [];
  let added = 0;
  await attempt(pool, async () => {
    for (let start = 0; start < good.length; start += AT_ONCE) {
      const chunk = good.slice(start, start + AT_ONCE);
      const wrong = await send(chunk, pool);
      if (wrong.length === 0) added += chunk.length;
      else {
        refused.push(...wrong);
        rest.push(...chunk.filter((line) => !wrong.some(({ number }) => number === line.number)));
      }
    }
    refused.sort((one, other) => one.number - other.number);
    if (refused.length === 0) done();
    await report(pool, added, refused, rest);
  });
}

/** What this page can tell itself: lines that are no code, or stand there twice. */
function sorted(lines) {
  const seen = new Map();
  const good = [];
  const refused = [];
  for (const line of lines) {
    if (!A_CODE.test(line.code)) refused.push({ ...line, message: t("codes.no_code") });
    else if (seen.has(line.code)) refused.push({ ...line, message: t("codes.twice", { line: seen.get(line.code) }) });
    else {
      seen.set(line.code, line.number);
      good.push(line);
    }
  }
  return { good, refused };
}

/** The lines that the API refuses: then it took none of them. */
async function send(chunk, pool) {
  try {
    await post(pool.path, { codes: chunk.map(({ code }) => code) });
    return [];
  } catch (failure) {
    const wrong = (failure.errors ?? []).map(({ pointer, message }) => {
      const place = Number(/^\/codes\/(\d+)$/.exec(pointer)?.[1] ?? NaN);
      return chunk[place] && { ...chunk[place], message };
    });
    if (wrong.length === 0 || wrong.includes(undefined)) throw failure;
    return wrong;
  }
}

async function attempt(pool, work) {
  show(pool.result);
  try {
    await work();
  } catch (failure) {
    if (failure.name !== "Failure") throw failure;
    show(pool.result, trouble(failure), uncertainty(failure));
  }
}

function refuse(pool, words) {
  show(pool.result, el("div", { class: "trouble", role: "alert" }, words));
}

async function report(pool, added, refused, rest = []) {
  const others = t("codes.others", { count: rest.length });
  const again = rest.length > 0 && button(others, { kind: "main" }, () => putIn(rest, pool, () => {}));
  const line = ({ number, code, message }) => el("li", {}, t("codes.line", { line: number, code, why: message }));
  show(
    pool.result,
    added > 0 && el("p", { class: "notice" }, t("codes.added", { count: added })),
    refused.length > 0 &&
      el(
        "div",
        { class: "trouble", role: "alert" },
        el("p", {}, t("codes.refused", { count: refused.length })),
        el("ul", {}, refused.map(line)),
        again,
      ),
  );
  announce(t("codes.added", { count: added }));
  await pool.refresh();
}
