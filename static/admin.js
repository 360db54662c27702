// What the theme leaves out: names for those who listen, and a keyboard's way to what it has made
// for the mouse only. The theme's own attributes say which pieces those are.
(function () {
  "use strict";
  const PRESSED = "[x-on\\:click]:not(a[href], button, input, select, textarea, label)";

  function makeReachable(piece) {
    if (piece.hasAttribute("tabindex") || piece.id === "changelist-filter-close") return;
    piece.setAttribute("tabindex", "0");
    piece.setAttribute("role", "button");
    if (piece.textContent.trim() === "dock_to_right") piece.setAttribute("aria-label", "Menu");
    if (piece.textContent.trim() === "close") piece.setAttribute("aria-label", "Close the menu");
  }

  function nameScrolled(piece, place) {
    const where = piece.closest("nav, table, fieldset, section, #changelist, #changelist-filter");
    const heading = where && where.querySelector("h2, h3, legend, caption");
    const name = piece.closest("#nav-sidebar") ? "Menu" : heading && heading.textContent.trim();
    piece.setAttribute("aria-label", `${name || "Table"}${place ? ` ${place + 1}` : ""}`);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const main = document.getElementById("main");
    if (main) main.setAttribute("role", "main");
    document.querySelectorAll(PRESSED).forEach(makeReachable);
    document.querySelectorAll("table.formset th").forEach(function (cell) {
      if (cell.textContent.trim()) return;
      const name = document.createElement("span");
      name.className = "visually-hidden";
      name.textContent = "Remove";
      cell.append(name);
    });
    const problems = document.querySelector(".problems");
    if (problems) problems.focus();
  });

  // Made by the theme's own script, which comes last.
  window.addEventListener("load", function () {
    document.querySelectorAll(".simplebar-content-wrapper[role=region]").forEach(nameScrolled);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.matches(PRESSED)) return;
    event.preventDefault();
    event.target.click();
  });
})();
