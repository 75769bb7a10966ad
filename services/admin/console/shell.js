/** The frame around every page: the shop, the way about, the language, who is signed in. */

import { el, show } from "./dom.js";
import { useCurrency, useZone } from "./format.js";
import { pages, sections } from "./pages.js";
import { languageSwitch } from "./languages.js";
import * as router from "./router.js";
import * as session from "./session.js";
import { pick, t } from "./texts.js";
import { announce, button, entitle, icons } from "./ui.js";

/** Draw the frame into `root` and show the page of the address. */
export function openShell(root, onleave) {
  const main = el("main", { tabindex: "-1" });
  const bar = el("div", { class: "bar" });
  const speakAnew = () => {
    drawBar(bar, onleave, speakAnew);
    router.redraw();
  };
  useZone(session.myShop().timezone);
  useCurrency(session.myShop().currency);
  drawBar(bar, onleave, speakAnew);
  show(root, skipLink(main), bar, main);
  router.route(pages(), main, (page, section, moved) => {
    entitle(page.title);
    mark(bar, section);
    if (!moved) return;
    unfold(bar, false);
    announce(page.title);
    window.scrollTo(0, 0);
    (main.querySelector("h1") ?? main).focus({ preventScroll: true });
  });
  router.draw();
}

function skipLink(main) {
  const onclick = () => (main.querySelector("h1") ?? main).focus();
  return el("button", { type: "button", class: "skip", onclick }, t("nav.skip"));
}

function drawBar(bar, onleave, onlanguage) {
  const { name, role } = session.me();
  const shop = pick(session.myShop().name);
  const menu = el(
    "nav",
    { id: "menu", "aria-label": t("nav.label") },
    el("ul", {}, sections().map(entry)),
    foot(onleave, onlanguage, name, role),
  );
  const toggle = el(
    "button",
    { type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": "menu" },
    icons.menu(),
    t("nav.menu"),
  );
  const open = (wanted) => unfold(bar, wanted);
  toggle.addEventListener("click", () => open(!bar.classList.contains("open")));
  menu.addEventListener("click", (event) => event.target.closest("a") && open(false));
  for (const part of [toggle, menu]) {
    part.addEventListener(
      "keydown",
      ({ key }) => key === "Escape" && bar.matches(".open") && [open(false), toggle.focus()],
    );
  }
  const brand = el(
    "p",
    { class: "brand" },
    el("img", { src: "./art/leaf.svg", alt: "", width: 32, height: 32 }),
    el("b", {}, shop),
  );
  const here = [...bar.querySelectorAll("[aria-current=page]")].map((node) => node.dataset.section)[0];
  show(bar, brand, toggle, menu);
  mark(bar, here);
  open(bar.classList.contains("open"));
}

/** Show or hide the menu where the page is narrow. */
function unfold(bar, wanted) {
  bar.querySelector(".toggle").setAttribute("aria-expanded", String(wanted));
  bar.classList.toggle("open", wanted);
}

function entry({ path, section, title }) {
  return el("li", {}, el("a", { href: `#${path}`, "data-section": section }, title));
}

function foot(onleave, onlanguage, name, role) {
  const who = el("p", { class: "who" }, el("b", {}, name), el("small", {}, t(`role.${role}`)));
  return el("div", { class: "foot" }, languageSwitch(onlanguage), who, button(t("nav.leave"), {}, onleave));
}

function mark(bar, section) {
  for (const node of bar.querySelectorAll("[data-section]")) {
    if (node.dataset.section === section) node.setAttribute("aria-current", "page");
    else node.removeAttribute("aria-current");
  }
}
