// The theme's search is a dialog without a name; a screen reader says this one.
document.querySelector("[data-md-component=search]").setAttribute("aria-label", "Search");
