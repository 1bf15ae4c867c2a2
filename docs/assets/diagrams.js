// The theme fetches Mermaid from another host unless `mermaid` is there. This stands in for it and loads
// the site's own copy with the first diagram, so that pages without one do not carry it.
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
      // The theme leaves the heads of a sequence's arrows dark in both schemes.
      const themeCSS = `${given.themeCSS} marker path { fill: var(--md-mermaid-edge-color) !important; }`;
      settings = { ...given, sequence, themeCSS, fontFamily: getComputedStyle(document.body).fontFamily };
    },
    async render(id, text) {
      loading ??= load();
      const drawn = await (await loading).render(id, text);
      // A wide diagram scrolls in its box, by keyboard too, before its words get too small to read.
      const svg = drawn.svg
        .replace(/max-width: ([\d.]+)px;/, "max-width: $1px; min-width: calc($1px * 0.8);")
        .replace("<svg ", '<svg tabindex="0" ');
      return { ...drawn, svg };
    },
  };
})();
