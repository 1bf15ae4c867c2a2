"use strict";

// The table of all agents: shows the rows that contain each word of the filter, at most 100 of them.
const MOST = 100;
const rows = JSON.parse(document.getElementById("data").textContent);
const texts = rows.map((row) => row.slice(0, 3).concat(row[4]).join(" ").toLowerCase());
const filter = document.getElementById("filter");
const body = document.getElementById("rows");
const count = document.getElementById("count");

function cell(text, name) {
  const made = document.createElement("td");
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

function shown([repo, agent, state, attention, why, last, results, runs, successes, minutes, cost]) {
  const line = document.createElement("tr");
  const title = document.createElement("th");
  title.scope = "row";
  title.textContent = repo;
  const status = cell(state, attention ? "state bad" : "state");
  if (why) {
    const reason = document.createElement("small");
    reason.textContent = why;
    status.append(" ", reason);
  }
  const history = cell("", "results");
  for (const result of results) {
    const mark = document.createElement("i");
    mark.className = result === "+" ? "good" : "bad";
    history.append(mark);
  }
  if (results) {
    const words = document.createElement("span");
    words.className = "hidden";
    words.textContent = `${[...results].filter((one) => one === "+").length} of ${results.length} succeeded`;
    history.append(words);
  }
  line.append(
    title,
    cell(agent),
    status,
    cell(last),
    history,
    cell(runs ? `${successes} of ${runs}` : "", "figure"),
    cell(minutes === null ? "" : `${minutes} min`, "figure"),
    cell(cost === null ? "" : `$${cost.toFixed(2)}`, "figure"),
  );
  return line;
}

function update() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (let index = 0; index < rows.length; index += 1) {
    if (words.every((word) => texts[index].includes(word))) found.push(index);
  }
  body.replaceChildren(...found.slice(0, MOST).map((index) => shown(rows[index])));
  const more = found.length > MOST ? `, the first ${MOST} are shown` : "";
  count.textContent = `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows${more}`;
}

filter.addEventListener("input", update);
for (const link of document.querySelectorAll("a[data-filter]")) {
  link.addEventListener("click", () => {
    filter.value = link.dataset.filter;
    update();
  });
}
update();
