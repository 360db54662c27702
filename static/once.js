// One click, one order. The server sees to that by itself; this saves a second wait, and keeps the
// page with a secret that is shown once. The guard ends by itself, so that a stopped page load does
// not leave a dead form behind.
(function () {
  "use strict";
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
})();
