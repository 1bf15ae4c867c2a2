// The theme downloads Mermaid from another host unless `mermaid` is defined. This object replaces it and loads the site's
// own copy with the first diagram, so pages without a diagram do not load it.
(() => {
  const source = new URL("vendor/mermaid.tiny.js", document.currentScript.src).href;
  let settings;
  let loading;
  const load = () =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => {
        window.mermaid.initialize(settings);
        resolve(window.mermaid);
      };
      script.onerror = () => reject(new Error(`${source} did not load`));
      document.head.append(script);
    });
  window.mermaid = {
    initialize(given) {
      const sequence = { ...given.sequence, width: 88, actorMargin: 10, boxMargin: 6, noteMargin: 6, diagramMarginX: 4 };
      // The theme draws arrowheads of sequence diagrams dark in both color schemes.
      const themeCSS = `${given.themeCSS} marker path { fill: var(--md-mermaid-edge-color) !important; }`;
      settings = { ...given, sequence, themeCSS, fontFamily: getComputedStyle(document.body).fontFamily };
    },
    async render(id, text) {
      loading ??= load();
      const drawn = await (await loading).render(id, text);
      // A wide diagram scrolls, also by keyboard, before its text gets too small to read.
      const svg = drawn.svg
        .replace(/max-width: ([\d.]+)px;/, "max-width: $1px; min-width: calc($1px * 0.8);")
        .replace("<svg ", '<svg tabindex="0" ');
      return { ...drawn, svg };
    },
  };
})();
