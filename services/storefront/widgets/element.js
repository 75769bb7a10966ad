/** What all widgets share: attributes, loading and its failures, language, focus, life in and out of the page. */

import { openChannel } from "./bus.js";
import { HOME, tokenFor } from "./core.js";
import { h, patch } from "./dom.js";
import { Failure } from "./failure.js";
import { loginOf } from "./login.js";
import { notice } from "./notice.js";
import { BASE } from "./style.js";
import { loadTexts, nearestLanguage } from "./texts.js";
import { forgetVisitors } from "./tokens.js";
import { writeMoment } from "./days.js";

const QUIET_GAP_MS = 2_000;

/** Define `name` unless some copy of this script has: loading it twice is harmless. */
export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

/**
 * A widget. A subclass gives `load()` → data, and lists for patch(): `view(data)`, `visitorView(data)`, `skeleton()`.
 *
 * @fires regulars:loaded after the first load of what the attributes name
 * @fires regulars:error {code, status, message} when loading or an action failed
 */
export class RegularsElement extends HTMLElement {
  static observedAttributes = [
    "shop",
    "activity",
    "token-url",
    "login-url",
    "api",
    "lang",
    "heading-level",
    "timezone",
    "statement",
  ];
  static sheets = [];
  static nextSteps = {}; // what to do about a code, where it is not what everywhere helps

  data = null;
  failure = null;
  visiting = false;
  t = null;
  zone = null; // the shop's, once another widget has learned it
  shopLogin = null; // the shop's own, once it was needed
  #turn = 0;
  #loadedAt = 0;
  #planned = false;
  #life = null;
  #root = null;

  connectedCallback() {
    this.#root ??= this.#makeRoot();
    this.#life = new AbortController();
    openChannel();
    this.#followPage();
    this.connected(this.#life.signal);
    this.update();
    this.#plan();
  }

  disconnectedCallback() {
    this.#turn += 1; // answers on their way are nobody's now
    this.#life?.abort();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.isConnected) return;
    if (["shop", "activity", "token-url", "api"].includes(name)) this.forget();
    if (name === "heading-level" || name === "login-url" || name === "timezone") this.update();
    else this.#plan();
  }

  /** For subclasses: listen to the page until `signal` aborts. */
  connected(_signal) {}

  /** For subclasses: after each change of the page. */
  rendered() {}

  /** Another customer or shop: nothing of the last one may stay on the screen. */
  forget() {
    this.#turn += 1;
    this.data = this.failure = this.shopLogin = null;
    this.visiting = false;
    this.update();
  }

  get shop() {
    return this.getAttribute("shop") ?? "";
  }

  /** The activity's id. */
  get activity() {
    return this.getAttribute("activity") ?? "";
  }

  get language() {
    return nearestLanguage(this.getAttribute("lang") || document.documentElement.lang || navigator.language);
  }

  /** Where to ask and as whom: see core.js. */
  get source() {
    const tokenUrl = this.getAttribute("token-url");
    const api = (this.getAttribute("api") ?? HOME).replace(/\/$/, "");
    return {
      api,
      shop: this.shop,
      language: this.language,
      tokenUrl: tokenUrl && new URL(tokenUrl, document.baseURI).href,
    };
  }

  /** Ask the API again. What is shown stays until the answer is there. */
  async refresh() {
    // A page may set `shop` or `token-url` a moment later: there is nobody to ask for until then.
    if (!this.isConnected || (!this.shop && !this.hasAttribute("token-url"))) return;
    const turn = ++this.#turn;
    const first = this.data === null;
    if (this.failure) this.#retrying();
    try {
      const t = await loadTexts(this.language);
      const visiting = (await tokenFor(this.source.tokenUrl)) === null;
      if (visiting) this.#learnLogin();
      const data = await this.load(visiting);
      if (turn !== this.#turn) return;
      Object.assign(this, { t, data, visiting, failure: null });
      if (first) this.emit("loaded", { shop: this.shop, timezone: data?.timezone });
    } catch (failure) {
      if (turn !== this.#turn) return;
      this.#failed(failure);
      this.t = await loadTexts(this.language).catch(() => this.t);
    }
    this.#loadedAt = Date.now();
    this.update();
  }

  /** Answers that were asked for earlier count no more: something newer is known. */
  outdate() {
    this.#turn += 1;
  }

  /** Tell the page; `regulars:` is put before the name. */
  emit(name, detail) {
    return this.dispatchEvent(new CustomEvent(`regulars:${name}`, { detail, bubbles: true, composed: true }));
  }

  /** Tell the page of a failure of an action or of a load. */
  report(failure) {
    if (failure.status === 401) this.#learnLogin();
    this.emit("error", { code: failure.code, status: failure.status, message: failure.message });
  }

  /** Make the page show what is known. The focus stays, or goes to the nearest thing that still is. */
  update() {
    if (!this.#root) return;
    const hadFocus = this.shadowRoot.activeElement !== null;
    const busy = this.data === null && this.failure === null;
    patch(this.#root, [
      h(
        "div",
        { class: this.cardClass, part: "card", "aria-busy": busy ? "true" : "false", lang: this.language },
        this.#content(),
      ),
    ]);
    this.rendered();
    if (hadFocus && !this.shadowRoot.activeElement) this.#rest()?.focus();
  }

  /** Where the focus goes when what had it is gone: to the title of what is on top. */
  #rest() {
    return this.#root.querySelector("dialog[open] [tabindex='-1']") ?? this.#root.querySelector("[tabindex='-1']");
  }

  get cardClass() {
    return "card stack";
  }

  /** The widget's heading, at the page's level. */
  heading(text, extra = null) {
    const level = Math.min(6, Math.max(1, Number(this.getAttribute("heading-level")) || 2));
    return h("div", { class: "head" }, h(`h${level}`, { class: "title", part: "title", tabindex: "-1" }, text), extra);
  }

  /** A notice with its reason, what next, and a button where that helps and `retry` is given. */
  problem(failure, retry) {
    return notice(this, failure, retry);
  }

  /** Where to log in: what the page says, be it nothing (""), or else what the shop does. */
  get login() {
    return this.getAttribute("login-url") ?? this.shopLogin;
  }

  /** The way in for a visitor, where there is one. */
  loginLink(kind = "") {
    return (
      this.login && h("a", { class: `button ${kind}`, part: "button login", href: this.login }, this.t("action.login"))
    );
  }

  /** Nobody waits for it: the link comes when it is known. */
  async #learnLogin() {
    if (this.hasAttribute("login-url") || !this.shop) return;
    const { shop, api } = this.source;
    const found = await loginOf(this.source);
    if (this.shop !== shop || this.source.api !== api) return;
    this.shopLogin = found;
    this.update();
  }

  /** Sentences one after the other, as the language sets them. */
  join(...sentences) {
    return sentences.filter(Boolean).join(this.language === "zh-CN" ? "" : " ");
  }

  moment(at) {
    return writeMoment(at, this.language, this.getAttribute("timezone") ?? this.data?.timezone ?? this.zone);
  }

  number(value) {
    return new Intl.NumberFormat(this.language).format(value);
  }

  #content() {
    if (this.data !== null)
      return [
        this.visiting ? this.visitorView(this.data) : this.view(this.data),
        this.failure && this.t && this.problem(this.failure, () => this.refresh()),
      ];
    if (this.failure === null) return this.skeleton();
    if (this.t) return this.problem(this.failure, () => this.refresh());
    // Not even the texts could be fetched: the one sentence that needs none of them.
    return h(
      "button",
      { type: "button", class: "button plain", part: "button retry", onclick: () => this.refresh() },
      "重试 · Retry",
    );
  }

  #failed(error) {
    if (!(error instanceof Failure)) throw error; // a bug of ours: it belongs on the console
    this.failure = error;
    this.report(error);
  }

  #retrying() {
    this.failure = null;
    this.update();
  }

  /** Several attributes change at once when a page sets them up: load once. */
  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (this.isConnected) this.refresh();
    });
  }

  #followPage() {
    const { signal } = this.#life;
    document.addEventListener("visibilitychange", () => this.#seenAgain(), { signal });
    globalThis.addEventListener("online", () => this.failure && this.refresh(), { signal });
    document.addEventListener("regulars:refresh", () => this.refresh(), { signal });
    document.addEventListener("regulars:loaded", ({ detail }) => this.#learnZone(detail), { signal });
    const watch = new MutationObserver(() => !this.hasAttribute("lang") && this.#plan());
    watch.observe(document.documentElement, { attributeFilter: ["lang"] });
    signal.addEventListener("abort", () => watch.disconnect());
  }

  #learnZone(detail) {
    if (detail?.shop === this.shop && detail.timezone) this.zone = detail.timezone;
  }

  #seenAgain() {
    if (document.visibilityState !== "visible" || Date.now() - this.#loadedAt < QUIET_GAP_MS) return;
    forgetVisitors();
    this.refresh();
  }

  #makeRoot() {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [BASE, ...this.constructor.sheets];
    const root = document.createElement("div");
    root.className = "root";
    shadow.replaceChildren(root);
    return root;
  }
}
