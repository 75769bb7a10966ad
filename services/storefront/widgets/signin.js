/**
 * `<regulars-signin shop activity token-url>`: the daily check-in, with streak, milestones, calendar and make-up cards.
 *
 * @fires regulars:participated {shop, activity, kind, outcome, grants, balance, state}: a check-in or a made-up day
 */

import { tellOtherTabs } from "./bus.js";
import { act, read } from "./core.js";
import { monthOf, monthsLater, untilNextDayMs, writeDay } from "./days.js";
import { h } from "./dom.js";
import { define, RegularsElement } from "./element.js";
import { calendar } from "./signin-calendar.js";
import { definition, makeUpDialog, milestone, phaseOf, streakFacts } from "./signin-parts.js";
import { SIGNIN } from "./signin-style.js";
import { leaf, tick } from "./icons.js";

const CELEBRATION_MS = 4_000;
const MIDNIGHT_SPREAD_MS = 3_000; // not every open page asks in the same second
const MIDNIGHT_AGAIN_MS = 30_000;

export class RegularsSignin extends RegularsElement {
  static sheets = [SIGNIN];

  month = null; // the month looked at; null: the one today is in
  busy = false;
  asking = null; // the day whose making up waits for a yes
  refused = null; // {failure, retry} of the last action
  earned = null; // what the last action brought, while it is celebrated
  #dayTimer = 0;
  #dayOver = null;
  #celebration = 0;

  connected(signal) {
    document.addEventListener("regulars:participated", (event) => this.#heard(event), { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(this.#dayTimer);
      clearTimeout(this.#celebration);
      this.earned = null;
    });
  }

  forget() {
    Object.assign(this, { month: null, busy: false, asking: null, refused: null, earned: null });
    super.forget();
  }

  get path() {
    return `/activities/v1/activities/${encodeURIComponent(this.activity)}`;
  }

  async load() {
    const query = new URLSearchParams({ shop: this.shop });
    if (this.month !== null) query.set("month", this.month);
    const data = await read(this.source, `${this.path}?${query}`);
    // A check-in whose reply got lost was counted after all.
    if (data.state?.checked_in_today && this.refused?.input.make_up === undefined) this.refused = null;
    return data;
  }

  rendered() {
    this.#keepDialog();
    if (this.data !== null && this.isConnected) this.#armDayTimer();
  }

  skeleton() {
    return ["line", "short", "wide", "block"].map((shape) =>
      h("span", { key: shape, class: `bone ${shape}`, part: "skeleton" }),
    );
  }

  visitorView(data) {
    const open = phaseOf(data).name === "live";
    return [
      this.heading(data.title),
      data.description && h("p", { class: "soft" }, data.description),
      open ? definition(data.config, this.t) : this.#closed(data),
      open && h("p", { class: "soft" }, this.t("signin.visitor")),
      open && this.loginLink("big"),
    ];
  }

  view(data) {
    if (data.state === null) return this.visitorView(data);
    const open = phaseOf(data).name === "live";
    return [
      this.heading(data.title, this.#cards(data.state)),
      streakFacts(data.state, this.t, this.language),
      open ? this.#button(data.state) : this.#closed(data),
      this.#status(data.state),
      this.refused && this.problem(this.refused.failure, this.refused.retry),
      open && milestone(data.state.next_milestone, this.t),
      this.#calendar(data, open),
      makeUpDialog(this.asking, data.state.cards, {
        t: this.t,
        language: this.language,
        no: () => this.#ask(null),
        yes: () => this.makeUp(this.asking),
      }),
    ];
  }

  #cards({ cards }) {
    if (!this.data.config.make_up) return null;
    return h("span", { class: "pill", part: "badge" }, this.t("signin.cards", { count: cards }));
  }

  #button(state) {
    const done = state.checked_in_today;
    const words = done ? this.t("signin.done") : this.t(this.busy ? "signin.busy" : "signin.check_in");
    const reward = !done && !this.busy && h("span", { class: "worth" }, `+${this.number(state.next_reward_points)}`);
    return h(
      "div",
      { key: "action", class: "action" },
      // Not `disabled`: that would drop the focus, and a screen reader would lose its place.
      h(
        "button",
        {
          type: "button",
          class: done ? "button big done" : "button big",
          part: "button check-in",
          "aria-disabled": done || this.busy ? "true" : "false",
          onclick: () => this.checkIn(),
        },
        done ? tick() : leaf(),
        words,
        reward,
      ),
      this.earned !== null &&
        h(
          "span",
          { key: "earned", class: "earned", part: "celebration", "aria-hidden": "true" },
          `+${this.number(this.earned)}`,
        ),
    );
  }

  /** Always there, so that screen readers hear it change. */
  #status(state) {
    const tomorrow = state.checked_in_today && this.t("signin.tomorrow", { points: state.next_reward_points });
    const earned = this.earned !== null && this.t("signin.earned", { count: this.earned });
    return h("p", { key: "status", class: "status", part: "status", role: "status" }, this.join(earned, tomorrow));
  }

  #closed(data) {
    const { name, day } = phaseOf(data);
    const sentences = { scheduled: "signin.opens", paused: "signin.paused", ended: "signin.ended" };
    const soon = name === "scheduled" && !day ? "signin.opens_soon" : sentences[name];
    return h(
      "div",
      { key: "closed", class: "notice", part: "notice" },
      h("p", {}, this.t(soon, { day: day && writeDay(day, this.language) })),
    );
  }

  #calendar(data, open) {
    return calendar({
      data,
      open,
      month: this.shownMonth,
      language: this.language,
      t: this.t,
      look: (count) => this.#look(count),
      makeUp: (day) => this.#ask(day),
    });
  }

  /** Check in today. Nothing happens twice: not while under way, and not when done. */
  checkIn() {
    if (this.busy || !this.data?.state || this.data.state.checked_in_today) return Promise.resolve();
    return this.#participate({}, this.data.today);
  }

  /** Give one make-up card for a missed day. */
  makeUp(day) {
    this.#ask(null);
    return this.busy ? Promise.resolve() : this.#participate({ make_up: day }, this.data.today);
  }

  async #participate(input, day) {
    const { source, shop, activity } = this;
    Object.assign(this, { busy: true, refused: null });
    this.update();
    try {
      const answer = await act(source, `${this.path}/participations`, { input }, day);
      const detail = {
        shop,
        activity,
        kind: answer.kind,
        outcome: answer.outcome,
        grants: answer.grants,
        balance: answer.balance,
        state: answer.state,
      };
      this.#tell(detail);
      if (this.#isStill(source, activity)) this.#took(answer);
    } catch (failure) {
      if (this.#isStill(source, activity)) this.#refuse(failure, input);
    }
  }

  #tell(detail) {
    if (this.isConnected) this.emit("participated", detail);
    // This widget left the page meanwhile; the others have something to show all the same.
    else document.dispatchEvent(new CustomEvent("regulars:participated", { detail }));
    tellOtherTabs(detail);
  }

  /** An answer for another customer than the one shown now is none of this customer's business. */
  #isStill(source, activity) {
    return this.data !== null && this.source.tokenUrl === source.tokenUrl && this.activity === activity;
  }

  #took({ outcome, grants, state }) {
    this.outdate();
    const points = grants.filter(({ type }) => type === "points").reduce((sum, { amount }) => sum + amount, 0);
    Object.assign(this, { busy: false, earned: points });
    Object.assign(this.data.state, state);
    const shown = this.data.state.month;
    if (shown?.month === monthOf(outcome.day)) shown.days = [...shown.days, Number(outcome.day.slice(8))];
    this.#celebrate();
    this.update();
    this.refresh();
  }

  #refuse(failure, input) {
    this.busy = false;
    // Somewhere else, or by a reply that got lost: it is done, and that is what the customer wanted.
    const done = failure.code === "already_participated";
    this.refused = done ? null : { failure, input, retry: () => this.#participate(input, this.data.today) };
    if (!done) this.report(failure);
    this.update();
    if (!failure.uncertain) this.refresh();
  }

  #celebrate() {
    clearTimeout(this.#celebration);
    this.#celebration = setTimeout(() => {
      this.earned = null;
      this.update();
    }, CELEBRATION_MS);
  }

  get shownMonth() {
    return this.month ?? monthOf(this.data.today);
  }

  #look(count) {
    const month = monthsLater(this.shownMonth, count);
    this.month = month === monthOf(this.data.today) ? null : month;
    this.update();
    this.refresh();
  }

  #ask(day) {
    if (this.asking === day || this.busy) return;
    this.asking = day;
    this.update();
  }

  #keepDialog() {
    const dialog = this.shadowRoot.querySelector("dialog");
    if (!dialog || dialog.open === (this.asking !== null)) return;
    if (this.asking !== null) dialog.showModal();
    else dialog.close();
  }

  #heard({ target, detail }) {
    if (target === this || detail?.shop !== this.shop || detail.activity !== this.activity) return;
    this.refresh();
  }

  #armDayTimer() {
    clearTimeout(this.#dayTimer);
    const { today, timezone, state } = this.data;
    const wait = untilNextDayMs(state?.next_at, timezone);
    // Asked once already and it is still the same day: this clock is ahead of the shop's.
    this.#dayTimer = setTimeout(
      () => this.#nextDay(),
      this.#dayOver === today ? MIDNIGHT_AGAIN_MS : wait + Math.random() * MIDNIGHT_SPREAD_MS,
    );
  }

  #nextDay() {
    this.#dayOver = this.data.today;
    this.refused = null;
    this.refresh();
  }
}

define("regulars-signin", RegularsSignin);
