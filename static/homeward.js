// Small comforts. Every page works without this file, so nothing here may be needed.
"use strict";

// A rejected form: read out what is wrong before anything else.
document.querySelector(".problems")?.focus();

// One click, one order. The server sees to that by itself; this only saves a second wait.
// The guard ends by itself, so that a stopped page load does not leave a dead form behind.
const GUARD_MS = 15000;
const sent = new Map();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (Date.now() - (sent.get(form) ?? -GUARD_MS) < GUARD_MS) {
    event.preventDefault();
    return;
  }
  sent.set(form, Date.now());
});

// Back by the browser's memory: the page may be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) sent.clear();
});

// "Copy" beside a reference. Hidden in the page, because without this file it could do nothing.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = "Copied";
    button.setAttribute("aria-live", "polite");
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
