// Shortcuts for people who are here all day. Each does what a link or a field of the page does, and
// all can be switched off on "Your account". `data-keys` says which key leads where.
"use strict";

const WAIT_MS = 1500;
let before = "";
let since = 0;

const typesIn = (element) => element.closest("input, textarea, select, [contenteditable]");

function press(keys) {
  const found = document.querySelector(`[data-keys="${keys}"]`);
  if (!found) return false;
  if (found.matches("dialog")) found.showModal();
  else if (found.matches("a")) found.click();
  else found.focus();
  return true;
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const now = rows.indexOf(document.activeElement);
  const next = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by];
  next?.focus();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  const other = event.ctrlKey || event.metaKey || event.altKey;
  if (other || event.defaultPrevented || typesIn(event.target)) return;
  if (document.querySelector("dialog[open]") || event.key.length > 1) return;
  const key = event.key === '"' || event.key === "\\" ? "" : event.key.toLowerCase();
  const isSecond = before && Date.now() - since < WAIT_MS;
  const done =
    (isSecond && press(`${before} ${key}`)) ||
    (key === "j" && step(1)) ||
    (key === "k" && step(-1)) ||
    press(key);
  before = done ? "" : key;
  since = Date.now();
  if (done) event.preventDefault();
});
