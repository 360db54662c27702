// Shows the OpenAPI document that the page names.
"use strict";

// Swagger UI knows dark colours by a class alone.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const shown = document.getElementById("reference");
SwaggerUIBundle({
  domNode: shown,
  url: shown.dataset.document,
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // To be read only: a call from here would send a kit to somebody.
  supportedSubmitMethods: [],
  // The one of the maker would be told the document's address.
  validatorUrl: null,
});
