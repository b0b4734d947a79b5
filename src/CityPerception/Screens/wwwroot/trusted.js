// ECharts empties its element by assigning "" as HTML. That much is allowed, and nothing else ever: no text becomes markup.
window.trustedTypes?.createPolicy("default", { createHTML: (html) => (html === "" ? html : null) });
