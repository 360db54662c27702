// Shows the OpenAPI document that the page names.
"use strict";

// Swagger UI knows dark colours by a class alone.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// Its calls within our page, so that there is one main part; and no links inside of buttons.
const house = ({ React: { createElement: h } }) => ({
  components: {
    HouseLayout: ({ getComponent, specSelectors }) =>
      h(
        "div",
        { className: "swagger-ui" },
        h(getComponent("errors", true)),
        specSelectors.specStr() && h(getComponent("operations", true)),
        specSelectors.specStr() && h(getComponent("Models", true)),
      ),
    DeepLink: ({ text }) => h("span", null, text),
  },
});

// What it leaves without a name for those who cannot see where it stands.
const NAMES = { ".examples-select-element": "Example", ".responses-table": "Answers to" };
const name = () => {
  for (const [piece, words] of Object.entries(NAMES)) {
    for (const found of shown.querySelectorAll(`${piece}:not([aria-label])`)) {
      found.setAttribute("aria-label", `${words} ${found.id.replaceAll("_", " ")}`.trim());
    }
  }
};

const shown = document.getElementById("reference");
new MutationObserver(name).observe(shown, { childList: true, subtree: true });
SwaggerUIBundle({
  domNode: shown,
  url: shown.dataset.document,
  layout: "HouseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [house],
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // To be read only: a call from here would send a kit to somebody.
  supportedSubmitMethods: [],
  // The one of the maker would be told the document's address.
  validatorUrl: null,
});
