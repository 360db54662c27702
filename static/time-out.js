// Warns before a session ends, and clears the page when it has. How much time is left only the
// server knows: the same session may be in use in another window.
"use strict";

{
  const known = new URL(document.currentScript.src).searchParams;
  const WARN = Number(known.get("warn"));
  const box = document.createElement("dialog");
  box.className = "time-out";
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-labelledby", "time-out-title");
  box.setAttribute("aria-describedby", "time-out-words");
  box.innerHTML =
    '<h2 id="time-out-title"></h2><p id="time-out-words">We do this when nobody has used Homeward' +
    " for a while. Drafts are kept.</p>" +
    '<p><button type="button" class="button">Stay signed in</button></p>';
  const title = box.querySelector("h2");

  const secondsLeft = async (address) => {
    const answer = await fetch(known.get(address), { headers: { Accept: "application/json" } });
    return (await answer.json()).seconds;
  };
  const lookAgain = (seconds) => setTimeout(look, seconds * 1000);

  // What was typed into a step of an order is sent along: the server keeps it in the draft.
  function leave() {
    const later = document.querySelector("button[name=later]");
    if (later) later.form.requestSubmit(later);
    else location.assign(location.href.split("#")[0]);
  }

  function warn(seconds) {
    const minutes = Math.ceil(seconds / 60);
    title.textContent = `You will be signed out in ${minutes} minute${minutes === 1 ? "" : "s"}`;
    if (!box.isConnected) document.body.append(box);
    if (!box.open) box.showModal();
  }

  async function look() {
    const seconds = await secondsLeft("left").catch(() => null);
    if (seconds === null) return lookAgain(60); // no connection just now
    if (seconds === 0) return leave();
    if (seconds > WARN) {
      box.close();
      return lookAgain(seconds - WARN);
    }
    warn(seconds);
    return lookAgain(Math.min(60, seconds + 1));
  }

  async function stay() {
    box.close();
    await secondsLeft("stay").catch(() => null);
  }

  box.querySelector("button").addEventListener("click", stay);
  box.addEventListener("cancel", stay);
  lookAgain(Number(known.get("idle")) - WARN);
}
