// Finds check boxes by their label while one types. Without it, the whole list is there.

for (const picker of document.querySelectorAll("[data-picker]")) {
  const search = picker.querySelector("[data-picker-search]");
  const groups = [...picker.querySelectorAll("[data-picker-group]")];
  const none = picker.querySelector("[data-picker-none]");
  search.parentElement.hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const group of groups) {
      const labels = [...group.querySelectorAll("label")];
      for (const label of labels) label.hidden = !label.textContent.toLowerCase().includes(wanted);
      group.hidden = labels.every((label) => label.hidden);
    }
    none.hidden = groups.some((group) => !group.hidden);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would send the form
  });
}
