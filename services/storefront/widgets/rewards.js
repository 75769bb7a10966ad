/**
 * `<regulars-rewards shop token-url>`: what points buy, buying it, and what was bought.
 *
 * @fires regulars:redeemed {shop, reward, redemption, status, balance}: something was redeemed, or given back
 */

import { onPointsMoved, tellOtherTabs } from "./bus.js";
import { act, Failure, read } from "./core.js";
import { h } from "./dom.js";
import { define, RegularsElement } from "./element.js";
import { gift, open as openIcon } from "./icons.js";
import { Pages } from "./pages.js";
import { dialog } from "./reward-dialog.js";
import { redemption, reward } from "./reward-parts.js";
import { REWARDS } from "./rewards-style.js";

/** What is under way by queue is there soon: ask soon, then less and less often. */
const LOOKS_MS = [500, 1_500, 4_000, 10_000];
const UNDER_WAY = ["reserved", "pending"];

export class RegularsRewards extends RegularsElement {
  static sheets = [REWARDS];
  static nextSteps = {
    not_found: "rewards.next_elsewhere",
    sold_out: "rewards.next_elsewhere",
    limit_reached: "rewards.next_elsewhere",
    not_open: "rewards.next_elsewhere",
    not_eligible: "rewards.next_elsewhere",
    conflict: "rewards.next_look",
  };

  unfolded = false; // whether the customer's own redemptions are shown
  asking = null; // what the dialog is about: see reward-dialog.js
  #catalogue = new Pages(this, "catalogue", () => `/points/v1/rewards?${new URLSearchParams({ shop: this.shop })}`);
  #mine = new Pages(this, "mine", "/points/v1/me/redemptions", (item) => item.redemption_id);
  #poll = 0;

  connected(signal) {
    const heard = ({ shop }) => shop === this.shop && this.refresh();
    onPointsMoved(heard, signal);
    signal.addEventListener("abort", () => clearTimeout(this.#poll));
  }

  forget() {
    clearTimeout(this.#poll);
    Object.assign(this, { unfolded: false, asking: null });
    super.forget();
  }

  async load(visiting) {
    const wanted = this.unfolded && !visiting;
    const [catalogue, mine] = await Promise.all([this.#catalogue.first(), wanted ? this.#mine.first() : null]);
    return { catalogue, mine: mine ?? this.#mine.list };
  }

  rendered() {
    const shown = this.shadowRoot.querySelector("dialog");
    if (!shown || shown.open === (this.asking !== null)) return;
    if (this.asking !== null) shown.showModal();
    else shown.close();
  }

  skeleton() {
    return ["line", "wide", "wide"].map((shape, place) =>
      h("span", { key: `${shape}${place}`, class: `bone ${shape}`, part: "skeleton" }),
    );
  }

  visitorView({ catalogue }) {
    return [
      this.heading(this.t("rewards.title"), gift()),
      h("p", { key: "visitor", class: "soft" }, this.t("rewards.visitor")),
      this.loginLink(),
      this.#rewards(catalogue),
    ];
  }

  view({ catalogue, mine }) {
    return [
      this.heading(this.t("rewards.title"), gift()),
      this.#rewards(catalogue),
      this.#redemptions(mine),
      dialog(this.asking, this.#words, {
        no: () => this.#ask(null),
        redeem: (contact) => this.redeem(contact),
        cancel: () => this.cancel(),
        wrong: (errors) => this.#change({ failure: new Failure("invalid", { errors }) }),
        problem: (failure, again) => this.problem(failure, again),
      }),
    ];
  }

  get #words() {
    return {
      t: this.t,
      language: this.language,
      join: (...sentences) => this.join(...sentences),
      moment: (at) => this.moment(at),
    };
  }

  #rewards({ items }) {
    if (items.length === 0)
      return h(
        "div",
        { key: "empty", class: "empty", part: "empty" },
        gift(),
        h("p", {}, this.t("rewards.empty")),
        h("p", { class: "soft" }, this.t("rewards.empty_next")),
      );
    const choose = this.visiting ? null : (item) => this.#choose(item);
    // The cheapest first, whether it can be had or not: nothing jumps when points come or go.
    const byPrice = [...items].sort((one, other) => one.price_points - other.price_points);
    return [
      h("ul", { key: "rewards", class: "list", part: "list" }, byPrice.map((item) => reward(item, this.#words, choose))),
      this.#catalogue.button(this.t("rewards.more")),
    ];
  }

  #redemptions(mine) {
    const state = { "aria-expanded": this.unfolded ? "true" : "false", onclick: () => this.toggleRedemptions() };
    return h(
      "section",
      { key: "mine", class: "mine", part: "redemptions" },
      h("button", { type: "button", class: "fold", ...state }, h("span", {}, this.t("redemption.title")), openIcon()),
      this.unfolded && (mine ? this.#mineList(mine) : this.#waitingForMine()),
    );
  }

  #waitingForMine() {
    return h("p", { key: "wait", class: "soft", role: "status" }, this.t("list.loading"));
  }

  #mineList({ items }) {
    if (items.length === 0) return h("p", { key: "none", class: "soft" }, this.t("redemption.empty"));
    const give = (item) => this.#ask({ what: "cancel", item });
    return [
      h("ul", { key: "list", class: "list" }, items.map((item) => redemption(item, this.#words, give))),
      this.#mine.button(this.t("redemption.more")),
    ];
  }

  /** Open or fold what was redeemed before. */
  toggleRedemptions() {
    this.unfolded = !this.unfolded;
    this.update();
    if (this.unfolded) this.refresh();
  }

  /** Ask before redeeming. What is left afterwards is told by the account, as it is now. */
  async #choose(item) {
    const asking = { what: "redeem", item };
    this.#ask(asking);
    const account = await read(this.source, "/points/v1/me/account").catch(() => null);
    if (this.asking === asking && account) this.#change({ available: account.available });
  }

  #ask(asking) {
    if (this.asking?.busy || (asking !== null && this.asking !== null)) return;
    this.asking = asking;
    this.update();
  }

  #change(facts) {
    Object.assign(this.asking, facts);
    this.update();
  }

  /** Redeem what the dialog is about. Nothing happens twice: not while under way, nor after a reply that got lost. */
  async redeem(contact) {
    const { id } = this.asking.item;
    const body = { reward_id: id, quantity: 1, ...(contact && { contact }) };
    const answer = await this.#do("/points/v1/redemptions", body);
    if (answer && this.asking) this.#change({ done: answer });
  }

  /** Give back the redemption the dialog is about. */
  async cancel() {
    const path = `/points/v1/redemptions/${encodeURIComponent(this.asking.item.id)}/cancel`;
    if (await this.#do(path, {})) this.#ask(null);
  }

  async #do(path, body) {
    const { asking, source, shop } = this;
    if (asking.busy || asking.done) return null;
    this.#change({ busy: true, failure: null });
    try {
      const answer = await act(source, path, body);
      asking.busy = false;
      const { reward_id: reward, redemption_id: redemption, status, balance } = answer;
      // A redemption remembers what was left when it was made: given back, it is to be asked for.
      this.#tell({ shop, reward, redemption, status, balance: asking.what === "redeem" ? balance : null });
      this.unfolded = true; // where the code is found again
      this.#lookAgain();
      return answer;
    } catch (failure) {
      asking.busy = false;
      this.report(failure);
      if (this.asking === asking) this.#change({ failure });
      if (!failure.uncertain) this.refresh();
      return null;
    }
  }

  #tell(detail) {
    if (this.isConnected) this.emit("redeemed", detail);
    // This widget left the page meanwhile; the others have something to show all the same.
    else document.dispatchEvent(new CustomEvent("regulars:redeemed", { detail }));
    tellOtherTabs(detail, "redeemed");
  }

  /** What is fulfilled by queue changes by itself: look until it has. */
  #lookAgain(attempt = 0) {
    clearTimeout(this.#poll);
    if (attempt === LOOKS_MS.length) return;
    this.#poll = setTimeout(async () => {
      if (!this.isConnected) return;
      if (this.unfolded) await this.refresh();
      if (this.#mine.list?.items.some(({ status }) => UNDER_WAY.includes(status))) this.#lookAgain(attempt + 1);
    }, LOOKS_MS[attempt]);
  }
}

define("regulars-rewards", RegularsRewards);
