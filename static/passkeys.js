// The browser's part of a form that sends a passkey: `data-passkey` says whether one is made or
// used, `data-options` names the element, or else the address, with what the server asks for.
"use strict";

const TOLD = {
  InvalidStateError: "This device has a passkey for you already.",
  "": "No passkey came from your browser. Try again, or use another way.",
};

async function optionsOf(form) {
  const given = document.getElementById(form.dataset.options);
  if (given) return JSON.parse(given.textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

async function made(form) {
  const options = (await optionsOf(form)).creation_options ?? {};
  if (form.elements.passwordless?.checked) {
    Object.assign(options.publicKey.authenticatorSelection, {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
  }
  return webauthnJSON.create(options);
}

async function used(form) {
  const options = await optionsOf(form);
  return webauthnJSON.get(options.request_options ?? options);
}

async function send(form) {
  const problem = form.querySelector("[data-problem]");
  problem.textContent = "";
  try {
    const credential = await (form.dataset.passkey === "make" ? made(form) : used(form));
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (fault) {
    problem.textContent = TOLD[fault.name] ?? TOLD[""];
  }
}

// Without this file, or in a browser that knows no passkeys, these forms could do nothing. A passkey
// belongs to a name, so there are none for a bare IP address.
const IS_NUMBER = /^[\d.]+$|:/;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || IS_NUMBER.test(location.hostname)) continue;
  form.hidden = false;
  document.querySelector("[data-no-passkeys]")?.remove();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
