"use strict";
// Keys for people who work through hundreds of cases a day. Pages work without this file.
(() => {
  const help = document.getElementById("keys");
  const rows = [...document.querySelectorAll("table.queue tbody tr")];
  const button = document.querySelector("[data-keys-help]");
  const show = () => { if (help && !help.open) { help.showModal(); } };
  if (button) { button.hidden = false; button.addEventListener("click", show); }

  const print = document.querySelector("[data-print]");
  if (print) { print.hidden = false; print.addEventListener("click", () => window.print()); }

  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const go = (step) => {
    if (!rows.length) { return; }
    const at = here();
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[next].querySelector("a").focus();
  };
  const choose = () => {
    const row = rows[here()];
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) { box.checked = !box.checked; }
  };
  const act = (key) => {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) { return false; }
    if (target.tagName !== "DETAILS") { target.click(); return true; }
    target.open = true;
    const field = target.querySelector("select, textarea, input:not([type=hidden])");
    if (field) { field.focus(); }
    return true;
  };
  const moves = {
    j: () => go(1), ArrowDown: () => go(1), k: () => go(-1), ArrowUp: () => go(-1), x: choose,
    "/": () => document.getElementById("search").focus(), "?": show,
    g: () => { location.href = document.querySelector(".brand a").href; },
  };
  const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, dialog");

  document.addEventListener("keydown", (event) => {
    // While an input method composes, keys belong to it.
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target)) { return; }
    if (event.key.startsWith("Arrow") && here() < 0) { return; }
    const move = moves[event.key];
    if (move) { event.preventDefault(); move(); return; }
    if (/^[a-z]$/.test(event.key) && act(event.key)) { event.preventDefault(); }
  });

  // One press is one decision: a second one while the first is on its way does nothing.
  document.addEventListener("submit", (event) => {
    // An export leaves the page where it is, and may be asked for again.
    if (event.target.method !== "post" || event.target.querySelector(".export") || event.target.matches(".export")) { return; }
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) { delete form.dataset.sent; }
  });
})();
