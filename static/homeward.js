// Small comforts. Every page works without this file, so nothing here may be needed.
"use strict";

// A rejected form: read out what is wrong before anything else.
document.querySelector(".problems")?.focus();

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
