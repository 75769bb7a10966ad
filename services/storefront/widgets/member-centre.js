/**
 * `<regulars-member-centre shop token-url login-url>`: everything a member has, in one column.
 *
 * Without `activity` it shows the shop's own daily check-in, whichever that is now.
 */

import { read } from "./core.js";
import { h } from "./dom.js";
import { define, RegularsElement } from "./element.js";
import { sheet } from "./style.js";
import "./account.js";
import "./inbox.js";
import "./rewards.js";
import "./signin.js";

const PASSED_ON = ["shop", "token-url", "api", "lang", "heading-level"];
const PARTS = [
  "card, title, button, check-in, login, retry, more, turn",
  "badge, notice, status, value, details, fact, streak, longest",
  "total, milestone, rules, calendar, day, dialog, celebration, list",
  "item, unread, empty, skeleton, money, tier, expiring, statement",
  "redeem, redemptions, code, copy",
].join(", ");
const PREFERRED = ["live", "paused", "scheduled", "ended"];

const LOOK = sheet(`
.centre { display: flex; flex-direction: column; gap: var(--regulars-gap, 1em); }
`);

export class RegularsMemberCentre extends RegularsElement {
  static sheets = [LOOK];

  async load() {
    const activity = this.getAttribute("activity");
    return { activity: activity ?? (await this.#findSignin()) };
  }

  async #findSignin() {
    const { items } = await read(this.source, `/activities/v1/activities?${new URLSearchParams({ shop: this.shop })}`);
    const rank = ({ status }) => PREFERRED.indexOf(status);
    const found = items
      .filter((item) => item.kind === "signin" && rank(item) >= 0)
      .sort((one, other) => rank(one) - rank(other));
    return found[0]?.id ?? null;
  }

  get cardClass() {
    return "centre";
  }

  skeleton() {
    return this.#column(null);
  }

  visitorView(data) {
    return this.view(data);
  }

  view({ activity }) {
    return this.#column(activity === null ? this.#nothingOn() : this.#signin(activity));
  }

  /** The others need not wait for the look-up of the activity. One way in is enough for all of them. */
  #column(middle) {
    return [
      this.#widget("regulars-account", { "login-url": "", statement: "closed" }),
      middle,
      this.#widget("regulars-rewards", { "login-url": "" }),
      this.#widget("regulars-inbox", { "login-url": "" }),
    ];
  }

  #signin(activity) {
    return this.#widget("regulars-signin", { activity, "login-url": this.getAttribute("login-url") });
  }

  #widget(name, more = {}) {
    const passed = PASSED_ON.map((attribute) => [attribute, this.getAttribute(attribute)]);
    return h(name, { key: name, exportparts: PARTS, ...Object.fromEntries(passed), ...more });
  }

  #nothingOn() {
    const wayIn = this.visiting && this.loginLink();
    return h("div", { key: "nothing", class: "card stack", part: "notice" }, h("p", {}, this.t("centre.nothing_on")), wayIn);
  }
}

define("regulars-member-centre", RegularsMemberCentre);
