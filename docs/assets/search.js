// Two things that the theme leaves open: its search is a dialog without a name, and its list of results
// takes the keyboard even while it is empty and not to be seen. The results are links and need no help.
// (theme.css keeps the empty list from scrolling, which would make it a stop again.)
document.querySelector("[data-md-component=search]").setAttribute("aria-label", "Search");
document.querySelector(".md-search__scrollwrap").removeAttribute("tabindex");
