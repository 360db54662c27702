// Shows the OpenAPI document that the page names.
"use strict";

// Swagger UI knows dark colours by a class alone.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// Its calls within our page, so that there is one main part; no links inside of buttons; and each
// choice of an example has its name.
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
  wrapComponents: {
    ExamplesSelect: (Original) => (props) => h("label", null, h(Original, props)),
  },
});

const shown = document.getElementById("reference");
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
